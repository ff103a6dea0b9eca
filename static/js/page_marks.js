/* Marks on page images. The button data-mark-pages switches drawing on: a drag over a page marks a
   region, a click a point; the comment's form opens with the place (fractions of the page). Escape
   or the button ends it. Without script the form asks for page and position. */

import { showInDialog } from "./page_dialog.js";

const LEAST = 0.008;
let started;

const button = () => document.querySelector("[data-mark-pages]");
const on = () => button()?.getAttribute("aria-pressed") === "true";

function turn(state) {
  button()?.setAttribute("aria-pressed", String(state));
  button()?.closest(".desk-reader")?.toggleAttribute("data-marking", state);
}

function place(event, figure) {
  const box = figure.querySelector("img").getBoundingClientRect();
  const within = (value) => Math.min(Math.max(value, 0), 1);
  return { x: within((event.clientX - box.left) / box.width), y: within((event.clientY - box.top) / box.height) };
}

function region(a, b) {
  const box = { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
  return Math.max(box.width, box.height) < LEAST ? { ...box, width: 0, height: 0 } : box;
}

function draw(svg, box) {
  const [, , wide, tall] = svg.getAttribute("viewBox").split(" ").map(Number);
  started.rect.setAttribute("x", box.x * wide);
  started.rect.setAttribute("y", box.y * tall);
  started.rect.setAttribute("width", box.width * wide);
  started.rect.setAttribute("height", box.height * tall);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-mark-pages]")) turn(!on());
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && on()) turn(false);
});

document.addEventListener("pointerdown", (event) => {
  const figure = event.target.closest?.("[data-mark-url]");
  if (!figure || !on() || event.button !== 0) return;
  event.preventDefault();
  const svg = figure.querySelector("[data-marks]");
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  rect.setAttribute("class", "desk-mark__region");
  svg.append(rect);
  started = { figure, svg, rect, from: place(event, figure) };
});

document.addEventListener("pointermove", (event) => {
  if (started) draw(started.svg, region(started.from, place(event, started.figure)));
});

document.addEventListener("pointerup", (event) => {
  if (!started) return;
  const { figure, rect, from } = started;
  const box = region(from, place(event, figure));
  rect.remove();
  started = null;
  turn(false);
  const address = new URL(figure.dataset.markUrl, location.href);
  Object.entries(box).forEach(([name, value]) => address.searchParams.set(name, value.toFixed(4)));
  showInDialog(address.href, button().dataset.markPages);
});

document.addEventListener("pointercancel", () => {
  started?.rect.remove();
  started = null;
});
