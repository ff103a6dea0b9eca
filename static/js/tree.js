/* Trees by keyboard. data-tree on the nav: on a focused line the arrow keys, Home and End move through
   the lines that are open, ArrowRight and ArrowLeft open and close a branch, Enter follows the link.
   j/k begin anywhere on a page that has no list of its own. Tab works without any of this. */

const MOVES = { ArrowDown: 1, ArrowUp: -1 };
const LETTERS = { j: 1, k: -1 };

function lines(tree) {
  return [...tree.querySelectorAll(".desk-tree__link")].filter((link) => link.getClientRects().length > 0);
}

function focus(link) {
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
  return Boolean(link);
}

function step(tree, by) {
  const all = lines(tree);
  const here = all.indexOf(document.activeElement);
  return focus(here < 0 ? all.at(by > 0 ? 0 : -1) : all[here + by]);
}

function turn(link, open) {
  const branch = link.closest("li")?.querySelector(":scope > details");
  if (!branch || branch.open === open) return false;
  branch.open = open;
  return true;
}

const ON_LINE = {
  Home: (tree) => focus(lines(tree)[0]),
  End: (tree) => focus(lines(tree).at(-1)),
  ArrowRight: (tree, link) => turn(link, true),
  ArrowLeft: (tree, link) => turn(link, false),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
  const line = event.target.closest("[data-tree] .desk-tree__link");
  const tree = line?.closest("[data-tree]") ?? document.querySelector("[data-tree]");
  if (!tree) return;
  const lettersFree = localStorage.getItem("desk.keys") !== "off" && !document.querySelector("[data-rows]");
  const by = (line && MOVES[event.key]) || (lettersFree && LETTERS[event.key]);
  const done = by ? step(tree, by) : line && ON_LINE[event.key]?.(tree, line);
  if (done) event.preventDefault();
});
