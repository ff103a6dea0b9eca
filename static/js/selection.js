/* Row selection. data-select-all ticks all [data-select-row] of its table; [data-bulk] in the same
   form counts them ([data-bulk-count] with data-none, data-one, data-many) and enables its buttons. */

function boxes(scope) {
  return [...scope.querySelectorAll("[data-select-row]")];
}

function refresh(form) {
  const all = boxes(form);
  const chosen = all.filter((box) => box.checked);
  all.forEach((box) => box.closest("tr")?.toggleAttribute("data-marked", box.checked));
  const master = form.querySelector("[data-select-all]");
  if (master) {
    master.checked = chosen.length > 0 && chosen.length === all.length;
    master.indeterminate = chosen.length > 0 && chosen.length < all.length;
  }
  const bar = form.querySelector("[data-bulk]");
  const count = bar?.querySelector("[data-bulk-count]");
  if (!count) return;
  const { none, one, many } = count.dataset;
  count.textContent = chosen.length === 0 ? none : chosen.length === 1 ? one : many.replace("#", chosen.length);
  bar.toggleAttribute("data-empty", chosen.length === 0);
  bar.querySelectorAll("button").forEach((button) => { button.disabled = chosen.length === 0; });
}

function scopeOf(element) {
  return element.closest("form") || element.closest(".desk-records");
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-select-all], [data-select-row]")) return;
  const scope = scopeOf(event.target);
  if (event.target.matches("[data-select-all]")) {
    boxes(scope).forEach((box) => { box.checked = event.target.checked; });
  }
  refresh(scope);
  document.dispatchEvent(new CustomEvent("desk:announce", {
    detail: scope.querySelector("[data-bulk-count]")?.textContent,
  }));
});

function start(root) {
  root.querySelectorAll("[data-bulk]").forEach((bar) => refresh(scopeOf(bar)));
}

start(document);
document.addEventListener("htmx:afterSettle", (event) => start(event.detail.elt));
