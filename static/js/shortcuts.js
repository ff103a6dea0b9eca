/* Single keys. data-key="x" on a link or button clicks it, on a field focuses it; data-key-name says
   what it does. "?" opens the overlay #tasten, which lists the page's own keys too.
   Keys do nothing while typing, with Ctrl, Alt or Meta, or when switched off in the overlay. */

const STORE = "desk.keys";
const overlay = document.getElementById("tasten");
const switchBox = document.querySelector("[data-keys-switch]");

function enabled() {
  return localStorage.getItem(STORE) !== "off";
}

export function typing(target) {
  return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;
}

/* An entry of a closed menu counts as visible when the menu itself is. */
function visible(element) {
  const menu = element.closest(".desk-menu:not([open])");
  const shown = menu && !element.matches("summary") ? menu : element;
  return shown.getClientRects().length > 0;
}

function press(element) {
  if (element.matches("input, textarea, select")) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  if (event.key === "Escape" && event.target.matches("#suchfeld")) event.target.blur();
  if (typing(event.target) || !enabled() || document.querySelector("dialog[open]")) return;
  const wanted = [...document.querySelectorAll("[data-key]")].filter(visible)
    .find((element) => element.dataset.key === event.key);
  if (!wanted) return;
  event.preventDefault();
  press(wanted);
});

function pageKeys() {
  const known = new Set(["/", "n", "?"]);
  return [...document.querySelectorAll("[data-key]")]
    .filter((element) => visible(element) && !known.has(element.dataset.key))
    .map((element) => [element.dataset.key, element.dataset.keyName || element.textContent.trim()]);
}

function row([key, name]) {
  const line = document.createElement("div");
  line.className = "desk-keys__row";
  const term = document.createElement("dt");
  const cap = document.createElement("kbd");
  cap.textContent = key;
  term.append(cap);
  const text = document.createElement("dd");
  text.textContent = name;
  line.append(term, text);
  return line;
}

document.addEventListener("desk:dialog-open", (event) => {
  if (event.target !== overlay) return;
  const section = overlay.querySelector("[data-page-keys]");
  const keys = pageKeys();
  section.hidden = keys.length === 0;
  section.querySelector("dl").replaceChildren(...keys.map(row));
});

if (switchBox) {
  switchBox.checked = enabled();
  switchBox.addEventListener("change", () => {
    localStorage.setItem(STORE, switchBox.checked ? "on" : "off");
  });
}
