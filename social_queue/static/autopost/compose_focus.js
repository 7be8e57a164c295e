// The focus point of the composer's picture: where it is pressed is what must stay when a platform has it cut.
(() => {
  "use strict";
  const STEP = { ArrowLeft: [-5, 0], ArrowRight: [5, 0], ArrowUp: [0, -5], ArrowDown: [0, 5] };

  const begin = () => {
    const frame = document.querySelector("[data-focus]");
    if (!frame) return;
    const form = frame.closest("form"), field = form.elements.focus, mark = frame.querySelector("[data-focus-mark]");
    const shown = frame.querySelector("img"), none = document.querySelector("[data-focus-none]");

    const draw = () => {
      const point = field.value.match(/^(\d+),(\d+)$/), there = Boolean(point) && !shown.hidden;
      mark.hidden = none.hidden = !there;
      frame.disabled = shown.hidden;
      if (there) { mark.style.left = `${point[1]}%`; mark.style.top = `${point[2]}%`; }
    };
    const set = (across, down) => {
      const whole = (part) => Math.min(100, Math.max(0, Math.round(part)));
      field.value = `${whole(across)},${whole(down)}`;
      draw();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    frame.addEventListener("click", (event) => {
      if (!event.detail) return;  // pressed by a key: the arrows move it
      const box = shown.getBoundingClientRect();
      set(100 * (event.clientX - box.left) / box.width, 100 * (event.clientY - box.top) / box.height);
    });
    frame.addEventListener("keydown", (event) => {
      const step = STEP[event.key];
      if (!step) return;
      event.preventDefault();
      const [across, down] = (field.value || "50,50").split(",").map(Number);
      set(across + step[0], down + step[1]);
    });
    none.addEventListener("click", () => {
      field.value = "";
      draw();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    // The composer's own script shows and hides the picture, and fills the field again after a reload.
    new MutationObserver(draw).observe(shown, { attributes: true, attributeFilter: ["hidden", "src"] });
    draw();
    setTimeout(draw);
  };
  document.addEventListener("DOMContentLoaded", begin);
})();
