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

// --- after htmx: focus, new arrivals, a lost connection ----------------------------------------
let waiting = Number(document.getElementById("desk-lists")?.dataset.waiting || 0);
function announce() {
  const lists = document.getElementById("desk-lists");
  if (!lists) return;
  const now = Number(lists.dataset.waiting);
  if (now > waiting) document.getElementById("desk-said").textContent = `${lists.dataset.words} ${now}`;
  waiting = now;
}
function offline(isLost) {
  const note = document.getElementById("desk-offline");
  if (note) note.hidden = !isLost;
}
function prepare() {
  const button = document.querySelector("[data-scan]");
  if (button && navigator.mediaDevices?.getUserMedia) button.hidden = false;
}
// A page that nobody looks at does not ask.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt.matches("[data-desk-poll]")) event.preventDefault();
});
// Nor are the lists changed under somebody who writes in them.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (event.detail.target.querySelector("details.correct[open]")) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:beforeSwap", (event) => {
  // Signed out meanwhile: the answer is the page to sign in.
  if (!new URL(event.detail.xhr.responseURL).pathname.includes("/desk/")) {
    event.detail.shouldSwap = false;
    location.reload();
  }
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form[data-sent]");
  if (form) delete form.dataset.sent;
  if (event.detail.xhr?.status) offline(event.detail.xhr.status >= 500);
});
document.addEventListener("htmx:sendError", () => offline(true));
document.addEventListener("htmx:timeout", () => offline(true));
document.addEventListener("htmx:afterSettle", (event) => {
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
