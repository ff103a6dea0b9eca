/* Three panes: data-panes="name" with [data-pane=left|right], [data-pane-grip] (drag or arrow keys),
   [data-pane-toggle]. Widths and what is closed are remembered per name in this browser. */

const MIN = 180;

function start(panes) {
  const store = "desk.panes." + panes.dataset.panes;
  const state = JSON.parse(localStorage.getItem(store) || "{}");
  const save = () => localStorage.setItem(store, JSON.stringify(state));
  const pane = (side) => panes.querySelector(`[data-pane=${side}]`);

  function show(side) {
    const { width, closed } = state[side] || {};
    if (closed) {
      panes.setAttribute("data-" + side, "closed");
      panes.style.removeProperty("--pane-" + side);
    } else {
      panes.removeAttribute("data-" + side);
      if (width) panes.style.setProperty("--pane-" + side, `${width}px`);
    }
    document.querySelectorAll(`[data-pane-toggle=${side}]`)
      .forEach((button) => button.setAttribute("aria-pressed", String(!closed)));
  }

  function resize(side, width) {
    const most = panes.clientWidth * 0.65;
    state[side] = { width: Math.round(Math.min(Math.max(width, MIN), most)), closed: false };
    show(side);
    save();
  }

  panes.querySelectorAll("[data-pane-grip]").forEach((grip) => {
    const side = grip.dataset.paneGrip;
    const direction = side === "left" ? 1 : -1;
    grip.addEventListener("pointerdown", (down) => {
      const from = pane(side).offsetWidth;
      grip.setPointerCapture(down.pointerId);
      const move = (event) => resize(side, from + direction * (event.clientX - down.clientX));
      grip.addEventListener("pointermove", move);
      grip.addEventListener("pointerup", () => grip.removeEventListener("pointermove", move), { once: true });
    });
    grip.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      resize(side, pane(side).offsetWidth + direction * by * 24);
    });
  });

  document.querySelectorAll("[data-pane-toggle]").forEach((button) => {
    button.addEventListener("click", () => {
      const side = button.dataset.paneToggle;
      state[side] = { ...state[side], closed: !state[side]?.closed };
      show(side);
      save();
    });
  });
  ["left", "right"].forEach((side) => { if (pane(side)) show(side); });
}

document.querySelectorAll("[data-panes]").forEach(start);
