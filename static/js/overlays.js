/* Dialogs, the rail on small screens, remembered panels, copying.
   data-dialog-open="ID" opens <dialog id="ID"> instead of following the link; data-dialog-close closes.
   data-rail-toggle / data-rail-close: the rail on small screens. details[data-remember][id]: open or
   closed is remembered. data-copy="text" copies and says so. */

function open(dialog) {
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("desk:dialog-open", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  const dialog = opener && document.getElementById(opener.dataset.dialogOpen);
  if (dialog && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    open(dialog);
    return;
  }
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
  if (event.target.matches("dialog.desk-dialog:not([data-session-lock])")) event.target.close();
  copy(event.target.closest("[data-copy]"));
  rail(event);
});

function copy(button) {
  if (!button) return;
  navigator.clipboard?.writeText(button.dataset.copy).then(() => {
    document.dispatchEvent(new CustomEvent("desk:announce", { detail: "Kopiert: " + button.dataset.copy }));
    button.setAttribute("data-copied", "");
    setTimeout(() => button.removeAttribute("data-copied"), 2000);
  });
}

const toggle = document.querySelector("[data-rail-toggle]");
const railElement = document.querySelector("[data-rail]");
if (toggle) {
  toggle.setAttribute("role", "button");
  toggle.setAttribute("aria-expanded", "false");
}

function showRail(on) {
  railElement.toggleAttribute("data-open", on);
  toggle.setAttribute("aria-expanded", String(on));
  (on ? railElement.querySelector("a") : toggle).focus();
}

function rail(event) {
  if (event.target.closest("[data-rail-toggle]")) {
    event.preventDefault();
    showRail(!railElement.hasAttribute("data-open"));
  } else if (event.target.closest("[data-rail-close]")) {
    event.preventDefault();
    showRail(false);
  }
}

toggle?.addEventListener("keydown", (event) => {
  if (event.key === " ") { event.preventDefault(); toggle.click(); }
});

document.querySelectorAll("details[data-remember][id]").forEach((panel) => {
  const key = "desk.panel." + panel.id;
  const stored = sessionStorage.getItem(key);
  if (stored) panel.open = stored === "open";
  panel.addEventListener("toggle", () => sessionStorage.setItem(key, panel.open ? "open" : "closed"));
});
