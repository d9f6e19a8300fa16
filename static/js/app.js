// The few lines of our own script. Everything on the site works without them.
"use strict";
document.documentElement.classList.add("js");

// A pressed button says that it is busy; a second press does nothing (form_key guards the server side).
document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  // Going back later must not ask to send this page's form again: it opens the page anew instead.
  history.replaceState(history.state, "", location.href);
  if (!button || !button.dataset.busy) return;
  const label = button.querySelector(".label") || button;
  button.dataset.label = label.textContent;
  button.style.minWidth = `${button.offsetWidth}px`;
  label.textContent = button.dataset.busy;
  button.setAttribute("aria-busy", "true");
});

function rest(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => {
    (button.querySelector(".label") || button).textContent = button.dataset.label;
    button.removeAttribute("aria-busy");
  });
}
// Back from the browser's memory, or an htmx answer that leaves the form in place: pressable again.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(rest));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest("form[data-sent]");
  if (form) rest(form);
});

// A page that nobody looks at does not poll (data-poll beside hx-trigger="every 60s").
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt.matches("[data-poll]")) event.preventDefault();
});

// What was swapped may itself be the part looked for.
function all(root, selector) {
  const inside = Array.from(root.querySelectorAll(selector));
  return root.matches?.(selector) ? [root, ...inside] : inside;
}
// The error summary takes focus on load; a swapped part gives it to its heading.
function focusFirst(root) {
  all(root, "[data-focus]")[0]?.focus();
}
function say(words) {
  const live = document.getElementById("live");
  if (live) live.textContent = words;
}

// Which number is asked follows the nationality: data-show-when names the select, data-show-value is TH or other.
function followNationality(root) {
  all(root, "[data-show-when]").forEach((part) => {
    const select = document.querySelector(`[name="${part.dataset.showWhen}"]`);
    if (!select) return;
    const update = () => {
      const asked = select.value === "TH" ? "TH" : "other";
      part.hidden = select.value === "" || part.dataset.showValue !== asked;
    };
    select.addEventListener("change", update);
    update();
  });
}

// Dashes are shown after leaving the box, never while typing.
document.addEventListener("focusout", (event) => {
  if (!event.target.matches?.("[data-format=thai-id]")) return;
  const digits = event.target.value.replace(/\D/g, "");
  if (digits.length === 13) event.target.value = digits.replace(/(\d)(\d{4})(\d{5})(\d\d)(\d)/, "$1-$2-$3-$4-$5");
});

// Names of the chosen files; never a picture of them (the phone may be borrowed).
document.addEventListener("change", (event) => {
  if (!event.target.matches?.(".file-row input[type=file]")) return;
  const list = event.target.closest(".field").querySelector(".file-list");
  list.replaceChildren(
    ...Array.from(event.target.files, (file) => {
      const item = document.createElement("li");
      item.textContent = `${file.name} (${(file.size / 1048576).toFixed(1)} MB)`;
      return item;
    }),
  );
});

// Hold bar: counts from the seconds the server gave, so a wrong clock on the phone does no harm.
function countDown(bar) {
  const end = performance.now() + Number(bar.dataset.secondsLeft) * 1000;
  const shown = bar.querySelector("[data-countdown]");
  const spoken = new Set();
  let timer = 0;
  const tick = () => {
    const left = Math.max(0, Math.round((end - performance.now()) / 1000));
    shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    const low = left < 120;
    bar.classList.toggle("hold-low", low);
    bar.querySelectorAll("[data-when-low]").forEach((part) => (part.hidden = !low));
    [5, 1].forEach((minutes) => {
      if (left === minutes * 60 && !spoken.has(minutes)) {
        spoken.add(minutes);
        say(`${shown.textContent} ${bar.dataset.unit}`);
      }
    });
    if (left > 0 && bar.isConnected) return;
    clearInterval(timer);
    if (left === 0) say(bar.dataset.over);
    bar.querySelectorAll("[data-when-over]").forEach((part) => (part.hidden = left > 0));
  };
  timer = setInterval(tick, 1000);
  tick();
}

function start(root) {
  followNationality(root);
  all(root, "[data-seconds-left]").forEach(countDown);
  all(root, "button[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
}
start(document);
focusFirst(document);

document.addEventListener("htmx:afterSettle", (event) => {
  start(event.detail.elt);
  focusFirst(event.detail.elt);
  all(event.detail.elt, "[data-announce]").forEach((part) => say(part.dataset.announce));
});
