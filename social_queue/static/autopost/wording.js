// Beside a wording that is written: names to press, and the way back to the text as it was shipped.
(() => {
  "use strict";
  const body = document.getElementById("id_body");
  if (!body) return;
  const changed = () => body.dispatchEvent(new Event("input", { bubbles: true }));
  document.addEventListener("click", (event) => {
    const insert = event.target.closest("[data-insert]");
    const reset = event.target.closest("[data-reset]");
    if (insert) {
      body.setRangeText(insert.dataset.insert, body.selectionStart, body.selectionEnd, "end");
      body.focus();
      changed();
    } else if (reset) {
      body.value = JSON.parse(document.getElementById(reset.dataset.reset).textContent);
      changed();
    }
  });
})();
