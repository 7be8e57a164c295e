// A file that is dropped on its place, or chosen there, is sent at once.
(() => {
  "use strict";
  const send = (input) => {
    input.form.querySelectorAll("[data-busy]").forEach((bar) => { bar.hidden = false; });
    input.form.submit();
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-send]") && event.target.files.length) send(event.target);
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
  // One that was chosen before this script was here is sent now. One that the browser puts back on the way back here was
  // sent before: it is taken out, since choosing it once more would be no change.
  const inputs = [...document.querySelectorAll("[data-send]")], again = performance.getEntriesByType("navigation")[0]?.type !== "navigate";
  if (!again) inputs.filter((input) => input.files.length).forEach(send);
  window.addEventListener("pageshow", (event) => {
    if (again || event.persisted) inputs.forEach((input) => { input.value = ""; });
  });
  // A file that misses its place would open in the tab, and what was typed there would be gone.
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
})();
