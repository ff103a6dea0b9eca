/* data-dropzone around a file input: files may be dropped on it; their names and sizes are listed in
   [data-dropzone-files]. Without JavaScript the plain input works. */

function size(bytes) {
  const number = new Intl.NumberFormat("de-DE", { maximumFractionDigits: 1 });
  if (bytes >= 1048576) return `${number.format(bytes / 1048576)} MB`;
  if (bytes >= 1024) return `${number.format(Math.round(bytes / 1024))} KB`;
  return `${bytes} Byte`;
}

function list(zone, files) {
  const place = zone.querySelector("[data-dropzone-files]");
  place.replaceChildren(...[...files].map((file) => {
    const line = document.createElement("li");
    const name = document.createElement("span");
    const amount = document.createElement("span");
    name.textContent = file.name;
    amount.textContent = size(file.size);
    amount.className = "desk-muted desk-number";
    line.append(name, amount);
    return line;
  }));
  place.hidden = files.length === 0;
}

function start(zone) {
  const input = zone.querySelector("input[type=file]");
  const over = (on) => (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.toggleAttribute("data-over", on);
  };
  zone.addEventListener("dragenter", over(true));
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    const taken = new DataTransfer();
    const files = [...event.dataTransfer.files];
    (input.multiple ? files : files.slice(0, 1)).forEach((file) => taken.items.add(file));
    input.files = taken.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("change", () => list(zone, input.files));
}

document.querySelectorAll("[data-dropzone]").forEach(start);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) event.detail.elt.querySelectorAll("[data-dropzone]").forEach(start);
});
