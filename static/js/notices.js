/* Notices: data-notice-close removes one; form[data-undo="10"] is offered for that many seconds and
   then taken away (time stands still while it has the focus or the pointer). */

document.addEventListener("click", (event) => {
  event.target.closest("[data-notice-close]")?.closest(".desk-alert")?.remove();
});

function start(form) {
  if (form.dataset.undoStarted) return;
  form.dataset.undoStarted = "1";
  let left = Number(form.dataset.undo);
  const notice = form.closest(".desk-alert");
  const tick = setInterval(() => {
    if (notice.matches(":hover, :focus-within")) return;
    left -= 1;
    if (left > 0 && form.isConnected) return;
    clearInterval(tick);
    form.remove();
  }, 1000);
}

function startAll() {
  document.querySelectorAll("form[data-undo]").forEach(start);
}

startAll();
document.addEventListener("htmx:oobAfterSwap", startAll);
document.addEventListener("htmx:afterSettle", startAll);
