/* Help while typing: an ARIA 1.2 combobox with a listbox. data-combobox="id of the list" on a field
   whose hx-get fills the list with [role=option], each with data-url (opened when taken) or data-value
   (put into the field). Arrow keys choose, Enter takes what is chosen and else sends the form, Escape
   closes. Without this the field is a plain field. */

const SPOKEN = ["Kein Vorschlag", "1 Vorschlag"];

function options(list) {
  return [...list.querySelectorAll("[role=option]")];
}

function chosen(list) {
  return list.querySelector('[aria-selected="true"]');
}

function choose(field, list, option) {
  options(list).forEach((one) => one.setAttribute("aria-selected", String(one === option)));
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function show(field, list, open) {
  list.hidden = !open;
  field.setAttribute("aria-expanded", String(open));
  if (!open) choose(field, list, null);
}

function arrived(field, list) {
  const all = options(list);
  all.forEach((option, place) => { option.id = `${list.id}-${place}`; });
  choose(field, list, null);
  show(field, list, all.length > 0 && document.activeElement === field);
  const said = SPOKEN[all.length] ?? `${all.length} Vorschläge`;
  if (!list.hidden) document.dispatchEvent(new CustomEvent("desk:announce", { detail: said }));
}

function step(field, list, by) {
  const all = options(list);
  if (!all.length) return false;
  const here = all.indexOf(chosen(list));
  // Past either end stands the field itself.
  const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by;
  show(field, list, true);
  choose(field, list, all[next] ?? null);
  return true;
}

function take(field, list, option) {
  if (option.dataset.url) return location.assign(option.dataset.url);
  field.value = option.dataset.value;
  return show(field, list, false);
}

const KEYS = {
  ArrowDown: (field, list) => step(field, list, 1),
  ArrowUp: (field, list) => step(field, list, -1),
  Escape: (field, list) => !list.hidden && (show(field, list, false), true),
  Enter: (field, list) => !list.hidden && chosen(list) && (take(field, list, chosen(list)), true),
};

document.querySelectorAll("[data-combobox]").forEach((field) => {
  const list = document.getElementById(field.dataset.combobox);
  field.type = "text";
  const facts = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
  Object.entries(facts).forEach(([name, value]) => field.setAttribute(name, value));
  field.addEventListener("keydown", (event) => {
    if (!event.isComposing && KEYS[event.key]?.(field, list)) event.preventDefault();
  });
  field.addEventListener("input", () => { if (field.value.trim().length < 2) show(field, list, false); });
  field.addEventListener("blur", () => show(field, list, false));
  list.addEventListener("htmx:afterSwap", () => arrived(field, list));
  // The field keeps the focus while the mouse chooses.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(field, list, option);
  });
});
