// Review by keys: j the next, k the one before, a approve, e edit. The buttons that carry them do the same.
(() => {
  "use strict";
  const TYPED = "input, textarea, select, [contenteditable]";
  // The second press of a double one lands on the next card, which nobody has seen yet.
  const REST_MS = 600;
  const rest = (resting) => document.querySelectorAll(".ap-review-acts button").forEach((one) => (one.disabled = resting));
  const decides = (event) => event.detail.requestConfig?.verb === "post" && event.target.closest("#ap-review");

  document.addEventListener("htmx:beforeRequest", (event) => decides(event) && rest(true));
  // Without an answer nobody knows whether the press arrived; made once more, it says so.
  const say = (lost) => document.getElementById("ap-review-lost")?.toggleAttribute("hidden", !lost);
  ["htmx:sendError", "htmx:responseError", "htmx:timeout"].forEach((name) =>
    document.addEventListener(name, (event) => {
      if (!event.target.closest("#ap-review")) return;
      say(true);
      if (decides(event)) rest(false);
    }),
  );
  document.addEventListener("htmx:beforeRequest", (event) => event.target.closest("#ap-review-lost, .ap-review-acts") && say(false));
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!decides(event)) return;
    rest(true);
    setTimeout(() => rest(false), REST_MS);
  });

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
