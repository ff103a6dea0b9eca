/* Lists by keyboard and mouse. data-rows on the table: j/k (or arrow keys on a focused row link) move
   through [data-row-link], Enter opens (the link itself), x ticks the row's checkbox. A click anywhere
   in a row opens it. On pages with their own data-key="j" (reader) those win. */

function links() {
  return [...document.querySelectorAll("[data-rows] [data-row-link]")];
}

function step(by) {
  const all = links();
  const here = all.indexOf(document.activeElement);
  const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by;
  all[next]?.focus();
  all[next]?.scrollIntoView({ block: "nearest" });
  return next in all;
}

const MOVES = { j: 1, k: -1 };
const ARROWS = { ArrowDown: 1, ArrowUp: -1 };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]")) return;
  const onRow = event.target.matches("[data-row-link]");
  const keysOff = localStorage.getItem("desk.keys") === "off";
  const by = onRow && ARROWS[event.key] ? ARROWS[event.key] : !keysOff && MOVES[event.key];
  if (by && step(by)) event.preventDefault();
  if (event.key === "x" && onRow && !keysOff) {
    event.target.closest("tr")?.querySelector("[data-select-row]")?.click();
    event.preventDefault();
  }
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-rows] tbody tr");
  if (!row || event.target.closest("a, button, input, label, summary, select, textarea")) return;
  if (String(getSelection()).length > 0) return;
  const link = row.querySelector("[data-row-link]");
  if (!link) return;
  if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
  else link.click();
});

/* In a list with a detail pane the row just opened is marked. */
document.addEventListener("htmx:afterRequest", (event) => {
  const link = event.detail.elt;
  if (!event.detail.successful || !link.matches?.("[data-row-link]")) return;
  link.closest("tbody")?.querySelectorAll("tr[aria-current]").forEach((row) => row.removeAttribute("aria-current"));
  link.closest("tr")?.setAttribute("aria-current", "true");
});

/* Without room for the detail pane a row opens its own page. */
document.addEventListener("htmx:beforeRequest", (event) => {
  const link = event.detail.elt;
  if (!link.matches?.("[data-row-link]") || matchMedia("(min-width: 70rem)").matches) return;
  event.preventDefault();
  location.assign(link.href);
});
