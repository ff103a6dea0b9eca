/* Forms. data-autosubmit: sends on change (a filter; text fields after a pause).
   data-dirty-guard: asks before leaving with unsaved input. Every POST form: a second click while the first
   is on its way does nothing. [data-form-errors]: gets the focus when the page shows it.
   Menus (data-menu, details) close on Escape and on a click outside. */

const PAUSE = 400;
const dirty = new WeakSet();
let timer;

function send(form) {
  clearTimeout(timer);
  form.requestSubmit();
}

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-autosubmit]") && event.target.type !== "search") send(form);
});

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form) return;
  if (form.matches("[data-dirty-guard]")) dirty.add(form);
  if (form.matches("[data-autosubmit]") && event.target.matches("[type=text], [type=search]")) {
    clearTimeout(timer);
    timer = setTimeout(() => send(form), PAUSE);
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  dirty.delete(form);
  form.setAttribute("aria-busy", "true");
  // A download or an answer 204 leaves the page as it is: the form must work again.
  setTimeout(() => form.removeAttribute("aria-busy"), 4000);
});

document.addEventListener("htmx:afterRequest", (event) => {
  event.detail.elt.closest?.("form")?.removeAttribute("aria-busy");
});

window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy"));
});

window.addEventListener("beforeunload", (event) => {
  const unsaved = [...document.querySelectorAll("form[data-dirty-guard]")].some((form) => dirty.has(form));
  if (unsaved) event.preventDefault();
});

document.addEventListener("click", (event) => {
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.querySelector("form:not([data-quiet]) [data-form-errors]")?.focus();
