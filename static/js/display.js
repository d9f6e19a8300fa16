// The display of the hall: a tone for a new call, the voice if asked for, a word when the line is dead.
"use strict";
const STALE_AFTER = 60000;
let known = document.querySelector("[data-call]")?.dataset.call || "";
let heard = performance.now();

function tone() {
  try {
    const audio = new AudioContext();
    const end = audio.currentTime + 0.9;
    [660, 880].forEach((pitch, index) => {
      const sound = audio.createOscillator();
      const volume = audio.createGain();
      volume.gain.setValueAtTime(0.25, audio.currentTime);
      volume.gain.exponentialRampToValueAtTime(0.001, end);
      sound.frequency.value = pitch;
      sound.connect(volume).connect(audio.destination);
      sound.start(audio.currentTime + index * 0.3);
      sound.stop(end);
    });
  } catch {
    // A browser without sound still shows the number.
  }
}

function voiceOf(language) {
  if (document.body.dataset.voice === undefined || !("speechSynthesis" in window)) return null;
  return speechSynthesis.getVoices().find((voice) => voice.lang.toLowerCase().startsWith(language)) || null;
}

function call(words) {
  tone();
  const voice = voiceOf(document.documentElement.lang);
  if (!voice) return;
  const spoken = new SpeechSynthesisUtterance(words);
  spoken.voice = voice;
  spoken.lang = voice.lang;
  spoken.rate = 0.9;
  speechSynthesis.speak(spoken);
}

document.addEventListener("htmx:afterSettle", () => {
  const calls = document.querySelector("[data-call]");
  if (!calls || calls.dataset.call === known) return;
  known = calls.dataset.call;
  if (!known) return;
  document.getElementById("live").textContent = calls.dataset.say;
  call(calls.dataset.say);
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) heard = performance.now();
});
setInterval(() => {
  const isStale = performance.now() - heard > STALE_AFTER;
  document.querySelectorAll("[data-stale]").forEach((part) => (part.hidden = !isStale));
}, 1000);
