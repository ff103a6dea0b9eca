/* Nothing typed is lost. data-draft="name" on a form keeps its text in this browser tab (sessionStorage)
   until it was sent and the answer was not the same form again. If the session ended in between, the
   form offers the text after the next log-in. Log-out (data-forget-drafts) forgets all drafts.
   Passwords, hidden fields and files are never kept. */

const PREFIX = "desk.draft.";
const SKIP = new Set(["password", "hidden", "file", "submit", "button"]);

function fields(form) {
  return [...form.elements].filter((field) => field.name && !SKIP.has(field.type));
}

function read(form) {
  return fields(form).map((field) => [field.name, field.value, field.checked ?? null]);
}

function key(form) {
  // The address it is sent to: the same draft on the form's page and in a dialog on another one.
  const address = new URL(form.getAttribute("action") || location.href, location.href);
  return PREFIX + address.pathname + "#" + form.dataset.draft;
}

function keep(form, sent = false) {
  const time = new Date().toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit" });
  sessionStorage.setItem(key(form), JSON.stringify({ time, sent, values: read(form) }));
}

function restore(form, values) {
  const rest = [...values];
  fields(form).forEach((field) => {
    const place = rest.findIndex(([name, value]) => name === field.name
      && (!["checkbox", "radio"].includes(field.type) || value === field.value));
    if (place < 0) return;
    const [[, value, checked]] = rest.splice(place, 1);
    if (["checkbox", "radio"].includes(field.type)) field.checked = checked;
    else field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function button(text, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "kern-btn kern-btn--tertiary";
  const label = document.createElement("span");
  label.className = "kern-label";
  label.textContent = text;
  made.append(label);
  made.addEventListener("click", action);
  return made;
}

function offer(form, draft) {
  const note = document.createElement("div");
  note.className = "desk-alert desk-tone-info desk-draft";
  note.setAttribute("role", "status");
  const text = document.createElement("div");
  text.append(`Von ${draft.time} Uhr gibt es Eingaben, die noch nicht gespeichert sind.`);
  text.append(button("Wiederherstellen", () => { restore(form, draft.values); note.remove(); }));
  text.append(button("Verwerfen", () => { sessionStorage.removeItem(key(form)); note.remove(); }));
  note.append(document.createElement("span"), text);
  form.prepend(note);
}

export function startDraft(form) {
  const stored = sessionStorage.getItem(key(form));
  if (stored && !form.querySelector("[data-form-errors]")) {
    const draft = JSON.parse(stored);
    const same = JSON.stringify(draft.values) === JSON.stringify(read(form));
    if (!same) offer(form, draft);
  }
  let timer;
  const now = () => { clearTimeout(timer); timer = null; keep(form); };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(now, 300);
  });
  form.addEventListener("submit", () => { clearTimeout(timer); timer = null; keep(form, true); });
  // Leaving the field, closing the dialog or the page keeps the last words, too.
  form.addEventListener("focusout", () => { if (timer) now(); });
  window.addEventListener("pagehide", () => { if (timer) now(); });
}

/* A success message after a form was sent means that its draft is in the file now. */
if (document.querySelector('[data-notice="success"]')) {
  for (const name of Object.keys(sessionStorage).filter((one) => one.startsWith(PREFIX))) {
    if (JSON.parse(sessionStorage.getItem(name)).sent) sessionStorage.removeItem(name);
  }
}

document.querySelectorAll("form[data-draft]").forEach(startDraft);
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-forget-drafts]")) return;
  Object.keys(sessionStorage).filter((one) => one.startsWith(PREFIX)).forEach((one) => sessionStorage.removeItem(one));
});
