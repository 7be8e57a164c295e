// How an item repeats: only the fields of the chosen way are shown. Without this all are, and the others say nothing.
(() => {
  "use strict";

  const form = document.querySelector("[data-repeat]");
  if (!form) return;
  const show = (name, chosen) => form.querySelectorAll(`[data-${name}]`).forEach((part) => {
    part.hidden = !part.dataset[name].split(" ").includes(chosen);
  });
  const draw = () => { show("way", form.elements.way.value); show("ends", form.elements.ends.value); };
  form.addEventListener("change", draw);
  draw();
  const effect = form.querySelector("[data-effect]"), wrong = form.querySelector(".ap-live li");
  if (wrong) {
    wrong.closest(".ap-write").querySelector("input, select").focus();
  } else if (effect) {
    effect.focus();
    effect.scrollIntoView({ block: "nearest" });
  }
  // What was looked at is what is done: after a change it is looked at again.
  form.addEventListener("input", () => {
    if (effect) effect.hidden = true;
    form.querySelectorAll("[data-act=confirm]").forEach((button) => { button.hidden = true; });
  });
})();
