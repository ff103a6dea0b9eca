/* A page's form in a dialog: a link with data-page-dialog asks its address for the form alone (htmx
   headers, target "dialog") and shows it above the page; the form is sent as on its own page. Without
   an answer of that kind (session over, refused) the link is followed, so that the page says why.
   Ctrl+Enter sends a form with data-ctrl-enter. */

import { startDraft } from "./drafts.js";

const HEADERS = { "HX-Request": "true", "HX-Target": "dialog" };
let shown;

function build(title, form) {
  const dialog = document.createElement("dialog");
  dialog.className = "desk-dialog";
  dialog.setAttribute("aria-labelledby", "seite-im-dialog");
  const head = document.createElement("div");
  head.className = "desk-dialog__head";
  const heading = document.createElement("h2");
  heading.className = "desk-h2";
  heading.id = "seite-im-dialog";
  heading.textContent = title;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "kern-btn kern-btn--tertiary";
  close.dataset.dialogClose = "";
  close.textContent = "Schließen";
  head.append(heading, close);
  const body = document.createElement("div");
  body.className = "desk-dialog__body";
  body.append(form);
  dialog.append(head, body);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("a[data-dialog-close]")) event.preventDefault();
  });
  return dialog;
}

async function load(address) {
  const answer = await fetch(address, { headers: HEADERS, redirect: "error" });
  if (!answer.ok) return null;
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  return parsed.querySelector("form");
}

export async function showInDialog(address, title) {
  const form = await load(address).catch(() => null);
  if (!form) {
    location.assign(address);
    return;
  }
  shown?.remove();
  shown = build(title, document.importNode(form, true));
  document.body.append(shown);
  shown.showModal();
  shown.querySelectorAll("form[data-draft]").forEach(startDraft);
  shown.querySelector("[autofocus]")?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-page-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  link.closest("details[data-menu], details.desk-menu")?.removeAttribute("open");
  showInDialog(link.href, link.dataset.pageDialog);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest("form[data-ctrl-enter]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});
