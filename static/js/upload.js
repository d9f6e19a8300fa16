// Sending and removing documents. Without it both are plain forms.
"use strict";
const UNDO_SECONDS = 10;

// How far the files are, and a button to stop; htmx sends the form.
function showProgress(form, event) {
  const state = form.querySelector("[data-upload-state]");
  if (!state || !event.lengthComputable) return;
  const percent = Math.floor((100 * event.loaded) / event.total);
  const spent = (performance.now() - Number(form.dataset.began)) / 1000;
  const left = Math.max(1, Math.round((spent * (event.total - event.loaded)) / Math.max(event.loaded, 1)));
  state.hidden = false;
  state.querySelector("progress").value = percent;
  state.querySelector("[data-upload-words]").textContent = state.dataset.sending.replace("{percent}", percent).replace("{seconds}", left);
}
function stopped(form) {
  const state = form.querySelector("[data-upload-state]");
  state.hidden = true;
  const words = form.querySelector("[data-upload-stopped]");
  words.hidden = false;
  say(words.textContent);
}
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  if (!form.matches("[data-upload]")) return;
  removeNow();
  form.dataset.began = performance.now();
  form.querySelector("[data-upload-stopped]").hidden = true;
});
document.addEventListener("htmx:xhr:progress", (event) => {
  if (event.target.matches?.("[data-upload]")) showProgress(event.target, event.detail);
});
["htmx:sendError", "htmx:sendAbort", "htmx:timeout", "htmx:responseError"].forEach((name) =>
  document.addEventListener(name, (event) => {
    if (event.detail.elt.matches("[data-upload]")) stopped(event.detail.elt);
  }),
);
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-upload-stop]");
  if (button) htmx.trigger(button.closest("form"), "htmx:abort");
});

// A removed document can be had back for some seconds; it is removed at once when the page is left.
const waiting = new Map();
function removeNow() {
  [...waiting.keys()].forEach(remove);
}
function remove(button) {
  const { timer, row, data } = waiting.get(button);
  clearTimeout(timer);
  waiting.delete(button);
  const address = button.form?.action ?? location.href;
  fetch(address, { method: "POST", body: data, keepalive: true })
    .then((answer) => answer.text())
    .then((text) => {
      const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("sent");
      const shown = document.getElementById("sent");
      // While another one can be had back, its row must stay.
      if (fresh && shown && !waiting.size) shown.replaceWith(fresh);
      else row.remove();
    })
    .catch(() => giveBack(row));
}
function giveBack(row) {
  row.querySelectorAll("[data-undo-part]").forEach((part) => part.remove());
  [...row.children].forEach((part) => (part.hidden = false));
}
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-undo]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("li");
  const data = new URLSearchParams(new FormData(button.form, button));
  const part = document.createElement("span");
  const again = document.createElement("button");
  part.className = "link-text";
  part.dataset.undoPart = "";
  part.append(button.dataset.removed);
  again.type = "button";
  again.className = "btn btn-link";
  again.textContent = button.dataset.undo;
  [...row.children].forEach((other) => (other.hidden = true));
  row.append(part, again);
  again.dataset.undoPart = "";
  waiting.set(button, { row, data, timer: setTimeout(() => remove(button), UNDO_SECONDS * 1000) });
  say(`${button.dataset.removed} ${button.dataset.undo}`);
  again.focus();
  again.addEventListener("click", () => {
    clearTimeout(waiting.get(button)?.timer);
    waiting.delete(button);
    giveBack(row);
    button.focus();
  });
});
window.addEventListener("pagehide", removeNow);
