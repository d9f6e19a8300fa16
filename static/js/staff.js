// The few lines of script of the back-office. Everything works without them.
"use strict";
document.documentElement.classList.add("js");

const typing = (event) => event.target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.altKey && !event.ctrlKey && !event.metaKey && /^Digit[1-9]$/.test(event.code)) {
    const button = document.querySelector(`[data-key-alt="${event.code.slice(5)}"]`);
    if (button) {
      event.preventDefault();
      button.click();
    }
    return;
  }
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    const box = document.querySelector("[data-key-search]");
    if (box) {
      event.preventDefault();
      box.focus();
    }
  } else if (event.key === "?") {
    const list = document.querySelector(".shortcuts");
    if (list) list.open = !list.open;
  }
});

// A pressed button does nothing when pressed again; the version in the form guards the server side.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// Menus close by Esc and by a press elsewhere.
const menus = () => document.querySelectorAll(".person[open], .menu-small[open]");
document.addEventListener("click", (event) => menus().forEach((menu) => menu.contains(event.target) || (menu.open = false)));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") menus().forEach((menu) => (menu.open = false));
});

// The list: tick all, and how many are ticked.
function startList(form) {
  const all = form.querySelector("[data-many-all]");
  const boxes = [...form.querySelectorAll("[name=chosen]")];
  const count = form.querySelector("[data-many-count]");
  if (!all || !count) return;
  const empty = count.textContent;
  const update = () => {
    const number = boxes.filter((box) => box.checked).length;
    count.textContent = number ? `${count.dataset.words} ${number}` : empty;
    count.closest(".bulk").classList.toggle("has-some", number > 0);
    all.checked = number === boxes.length;
    all.indeterminate = number > 0 && number < boxes.length;
  };
  all.hidden = false;
  all.addEventListener("change", () => {
    boxes.forEach((box) => (box.checked = all.checked));
    update();
  });
  form.addEventListener("change", update);
  update();
}
document.querySelectorAll("[data-many]").forEach(startList);

// The picture: larger, smaller, turned.
document.querySelectorAll("[data-viewer]").forEach((viewer) => {
  const tools = viewer.querySelector("[data-viewer-tools]");
  const plate = viewer.querySelector(".plate");
  if (!tools || !plate) return;
  const sizes = [100, 150, 200, 300];
  let zoom = 0;
  let turn = 0;
  const draw = () => {
    plate.className = `plate zoom-${zoom} turn-${turn}`;
    viewer.querySelector("[data-viewer-size]").textContent = `${sizes[zoom]}%`;
  };
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.zoom) zoom = Math.min(Math.max(zoom + Number(button.dataset.zoom), 0), sizes.length - 1);
    else turn = (turn + 1) % 4;
    draw();
  });
});

// A number of a card is covered while it is typed; the eye opens it.
function startCover(cover) {
  const eye = cover.querySelector("button");
  eye.hidden = false;
  eye.addEventListener("click", () => {
    const isOpen = cover.classList.toggle("is-open");
    eye.setAttribute("aria-pressed", isOpen);
  });
}
document.querySelectorAll("[data-cover]").forEach(startCover);

// What needs to be read first after an answer.
const first = document.querySelector("[data-focus]");
if (first) first.focus();

// Parts that ask for themselves anew each minute: only while somebody looks at the
// page, and never under the pointer or the focus.
const inUse = (part) =>
  part.contains(document.activeElement) ||
  menus().length > 0 ||
  Boolean(part.dataset.pollKeep && part.querySelector(part.dataset.pollKeep));

document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.detail.elt;
  if (part.matches("[data-poll]") && (document.hidden || !part.offsetParent)) event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.detail.elt;
  if (!part.matches("[data-poll]") || !inUse(part)) return;
  event.detail.shouldSwap = false;
  const line = part.querySelector("[data-new-cases]");
  if (!line) return;
  const fresh = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const number = [...fresh.querySelectorAll("[data-case]")].filter((row) => !part.querySelector(`[data-case="${row.dataset.case}"]`)).length;
  line.hidden = number === 0;
  line.querySelector("[data-new-number]").textContent = number;
});
document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail.elt;
  part.querySelectorAll("[data-many]").forEach(startList);
  part.querySelectorAll("[data-cover]").forEach(startCover);
  const focus = part.matches("section") && part.querySelector("[data-focus]");
  if (focus) focus.focus();
});
// A form that htmx sent can be sent again, also when no answer came.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest("form[data-sent]");
  if (form) delete form.dataset.sent;
});
