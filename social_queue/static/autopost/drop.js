// A file that is dropped on its place, or chosen there, is sent at once.
(() => {
  "use strict";
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-send]") && event.target.files.length) {
      event.target.form.querySelectorAll("[data-busy]").forEach((bar) => { bar.hidden = false; });
      event.target.form.submit();
    }
  });
  for (const place of document.querySelectorAll("[data-drop]")) {
    const input = place.querySelector("input[type=file]");
    // The framework looks for a text field beside every file field, and finds none here.
    input.hasChangeListener = true;
    const mark = (on) => place.classList.toggle("ap-over-it", on);
    place.addEventListener("dragover", (event) => { event.preventDefault(); mark(true); });
    place.addEventListener("dragleave", () => mark(false));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      mark(false);
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  // A file that misses its place would open in the tab, and what was typed there would be gone.
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
})();
