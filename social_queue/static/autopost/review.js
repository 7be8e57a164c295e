// Review by keys: j the next, k the one before, a approve, e edit. The buttons that carry them do the same.
(() => {
  "use strict";
  const TYPED = "input, textarea, select, [contenteditable]";

  document.addEventListener("keydown", (event) => {
    const modified = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
    if (modified || event.repeat || event.defaultPrevented || event.target.closest(TYPED)) return;
    const pressed = document.querySelector(`#ap-review [data-key="${CSS.escape(event.key)}"]`);
    if (!pressed || document.querySelector(".ap-review-acts .htmx-request")) return;
    event.preventDefault();
    pressed.click();
  });

  // Readers of the screen hear which one is next.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "ap-review") document.getElementById("ap-review-title")?.focus({ preventScroll: true });
  });
})();
