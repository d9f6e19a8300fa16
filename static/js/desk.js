// The counter desk: running time, keys of the reason card, rows, the camera. All works without.
"use strict";

const inText = (target) => target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select");

// --- the running time, counted from what the server said ---------------------------------------
let drawnAt = performance.now();
function tick() {
  const clock = document.querySelector("[data-running]");
  if (!clock) return;
  const seconds = Number(clock.dataset.running) + Math.floor((performance.now() - drawnAt) / 1000);
  clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const bar = document.querySelector("[data-running-bar]");
  if (bar) bar.value = Math.min(seconds / 60, bar.max);
}
setInterval(tick, 1000);

// --- what htmx may change, and what it says ------------------------------------------------------
const poll = document.querySelector("[data-desk-poll]");
let waiting = Number(document.getElementById("desk-lists")?.dataset.waiting || 0);
function announce() {
  const lists = document.getElementById("desk-lists");
  if (!lists) return;
  const now = Number(lists.dataset.waiting);
  if (now > waiting) document.getElementById("desk-said").textContent = `${lists.dataset.words} ${now}`;
  waiting = now;
}
// One of the notes above the desk, or none.
function tell(name) {
  document.querySelectorAll("[data-desk-note]").forEach((note) => (note.hidden = note.dataset.deskNote !== name));
}
const isTold = (name) => document.querySelector(`[data-desk-note="${name}"]`)?.hidden === false;
const isTyped = () =>
  [...document.querySelectorAll("#desk input[type=text]")].some((input) => input.value) ||
  Boolean(document.querySelector("#desk input[type=radio]:checked"));
// A sign-in in another tab ends the tokens of this one; the newest comes with each look.
function renewTokens() {
  const newest = document.getElementById("desk-token")?.dataset.token;
  if (newest) document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((input) => (input.value = newest));
}
function prepare() {
  const button = document.querySelector("[data-scan]");
  if (button && navigator.mediaDevices?.getUserMedia) button.hidden = false;
}
// A page that nobody looks at does not ask.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt === poll) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) htmx.trigger(poll, "look");
});
// Nor is anything changed under somebody who writes in it, or a button under the hand.
function isInUse(part) {
  if (part.querySelector("details[open]")) return true;
  if (part.id !== "desk-mine" || !part.querySelector("[data-key-alt], select")) return false;
  const focused = document.activeElement;
  return part.matches(":hover") || (part.contains(focused) && focused.id !== "mine-title");
}
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (isInUse(event.detail.target)) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id === "desk-mine") drawnAt = performance.now();
});
// What the desk asked for; the menu asks by itself.
const asking = (event) => event.detail.requestConfig.elt;
const isOfDesk = (event) => asking(event) === poll || Boolean(asking(event).closest("#desk"));
// The answer is the page to sign in. What is typed stays here meanwhile.
const isSignedOut = (xhr) => !new URL(xhr.responseURL).pathname.includes("/desk/");
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isOfDesk(event) || !isSignedOut(event.detail.xhr)) return;
  event.detail.shouldSwap = false;
  if (isTyped()) tell("signed-out");
  else location.reload();
});
function tellOf(event) {
  const { xhr } = event.detail;
  const isPoll = asking(event) === poll;
  if (!xhr?.status || isSignedOut(xhr)) return;
  if (xhr.status >= 500) return tell("lost");
  const isRefusedWhole = [400, 403, 404, 405].includes(xhr.status);
  if (isRefusedWhole && isPoll) location.reload();
  else if (isRefusedWhole) {
    tell("unsaved");
    htmx.trigger(poll, "look");
  } else if (!isPoll || !isTold("unsaved")) tell("");
}
document.addEventListener("htmx:afterRequest", (event) => {
  if (isOfDesk(event)) tellOf(event);
});
document.addEventListener("htmx:sendError", (event) => isOfDesk(event) && tell("lost"));
document.addEventListener("htmx:timeout", (event) => isOfDesk(event) && tell("lost"));
document.addEventListener("htmx:afterSettle", (event) => {
  renewTokens();
  if (event.detail.target?.id === "desk" || event.detail.elt?.id === "desk") {
    drawnAt = performance.now();
    // What was pressed is gone with the swap: go on at the refusal, else at one's own window.
    const isLost = document.activeElement === document.body;
    const next = document.querySelector("#desk [data-focus]");
    (next || (isLost && document.getElementById("mine-title")))?.focus?.();
  }
  prepare();
  announce();
  tick();
});

// --- keys --------------------------------------------------------------------------------------
document.addEventListener("toggle", (event) => {
  if (!event.target.open) return;
  if (event.target.matches("[data-reasons]")) event.target.querySelector("[name=reason]").focus();
  if (event.target.matches("[data-walk-in]")) event.target.querySelector("[name=name]").focus();
}, true);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    // What was typed stays in the closed card.
    document.querySelectorAll("#desk details[open]").forEach((card) => (card.open = false));
    return;
  }
  const card = document.querySelector("[data-reasons][open]");
  if (card && /^[1-6]$/.test(event.key) && !inText(event.target)) {
    const choice = card.querySelector(`[data-number="${event.key}"]`);
    choice.checked = true;
    choice.focus();
    event.preventDefault();
    return;
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  if (inText(event.target) || event.target.matches("[type=radio]")) return;
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const place = rows.indexOf(document.activeElement);
  const step = event.key === "ArrowDown" ? 1 : -1;
  rows[Math.min(Math.max(place < 0 ? 0 : place + step, 0), rows.length - 1)].focus();
  event.preventDefault();
});

// --- the camera: the browser's own reader, else the vendored one -------------------------------
let stopScan = () => {};

function loadReader(address) {
  return new Promise((resolve, reject) => {
    if (window.jsQR) return resolve();
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}
async function readerFor(dialog) {
  if ("BarcodeDetector" in window) {
    const formats = await window.BarcodeDetector.getSupportedFormats();
    if (formats.includes("qr_code")) {
      const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
      return async (video) => (await detector.detect(video))[0]?.rawValue;
    }
  }
  await loadReader(dialog.dataset.jsqr);
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    pen.drawImage(video, 0, 0);
    const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
    return window.jsQR(picture.data, picture.width, picture.height)?.data;
  };
}
async function scan() {
  const dialog = document.getElementById("scan");
  const video = dialog.querySelector("video");
  const failed = dialog.querySelector("[data-scan-failed]");
  let stream;
  let isOn = true;
  failed.hidden = true;
  stopScan = () => {
    isOn = false;
    stream?.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  dialog.showModal();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    if (!isOn) return stopScan();
    video.srcObject = stream;
    await video.play();
    const read = await readerFor(dialog);
    while (isOn) {
      const words = video.videoWidth ? await read(video) : "";
      if (words && isOn) {
        dialog.close();
        const form = document.querySelector("[data-arrive]");
        form.elements.code.value = words;
        form.requestSubmit();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  } catch {
    stopScan();
    failed.hidden = false;
  }
}
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-scan]")) scan();
  if (event.target.closest("[data-scan-close]")) document.getElementById("scan").close();
});
document.getElementById("scan")?.addEventListener("close", () => stopScan());
prepare();
