// Printing needs script; the PDF does not.
"use strict";
document.querySelectorAll("button[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
// The answer of this form is a file: the page stays, and may ask again.
document.querySelectorAll("form[data-file]").forEach((form) => {
  form.addEventListener("submit", () => setTimeout(() => delete form.dataset.sent, 2000));
});
