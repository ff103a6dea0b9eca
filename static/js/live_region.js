/* Says results to screen readers in the page's live region (#ansage).
   - document event "desk:announce" with detail "text"
   - after an htmx swap: the text of [data-announce] inside the new content, or, for targets marked
     data-announce-swaps, their first heading. */

const region = document.getElementById("ansage");

function announce(text) {
  if (!region || !text) return;
  region.textContent = "";
  // The same text twice is only spoken when the region was empty in between.
  setTimeout(() => { region.textContent = text; }, 60);
}

document.addEventListener("desk:announce", (event) => announce(event.detail));

document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  const said = target.querySelector("[data-announce]");
  if (said) announce(said.dataset.announce || said.textContent.trim());
  else if (target.matches("[data-announce-swaps]")) {
    announce(target.querySelector("h1, h2, h3, [role=heading]")?.textContent.trim());
  }
});

document.addEventListener("htmx:sendError", () => {
  const place = document.getElementById("meldungen");
  if (!place) return;
  const alert = document.createElement("p");
  alert.className = "desk-alert desk-tone-danger";
  alert.setAttribute("role", "alert");
  alert.append(document.createElement("span"), "Keine Verbindung zum Server. Bitte prüfen Sie das Netz und versuchen Sie es noch einmal.");
  place.replaceChildren(alert);
});
