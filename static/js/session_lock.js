/* Warns two minutes before the session locks (dialog[data-session-lock=seconds]) and keeps the page.
   Every request of any tab starts the time anew (BroadcastChannel). */

const dialog = document.querySelector("dialog[data-session-lock]");
const WARN_BEFORE = 120;

if (dialog) {
  const limit = Number(dialog.dataset.sessionLock);
  const channel = new BroadcastChannel("desk.session");
  let seen = Date.now();

  const over = () => dialog.querySelectorAll("[data-session-over]");
  const warning = dialog.querySelector("[data-session-warning]");

  const show = (ended) => {
    warning.hidden = ended;
    over().forEach((part) => { part.hidden = !ended; });
    if (!dialog.open) dialog.showModal();
  };
  const alive = () => {
    seen = Date.now();
    if (dialog.open) dialog.close();
  };
  const tell = () => { alive(); channel.postMessage("alive"); };
  channel.addEventListener("message", alive);
  document.addEventListener("htmx:afterRequest", (event) => {
    // Polling goes on without anybody being there.
    if (event.detail.successful && !event.detail.elt.matches?.("[hx-trigger^=every]")) tell();
  });
  channel.postMessage("alive");

  const check = () => {
    const idle = (Date.now() - seen) / 1000;
    if (idle >= limit - WARN_BEFORE) show(idle >= limit);
  };
  setInterval(check, 5000);
  document.addEventListener("visibilitychange", check);

  dialog.querySelector("[data-session-stay]").addEventListener("click", async () => {
    const answer = await fetch(dialog.dataset.keepalive, { redirect: "manual" });
    if (answer.status === 204) tell();
    else show(true);
  });
  // htmx follows the redirect to the log-in page: it must not land inside this one.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const address = event.detail.xhr.responseURL;
    if (!address || new URL(address).pathname !== dialog.dataset.login) return;
    event.preventDefault();
    show(true);
  });
  dialog.addEventListener("cancel", (event) => event.preventDefault());
}
