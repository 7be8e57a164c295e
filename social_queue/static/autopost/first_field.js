// On a page for something new the first field has the focus, unless its reader was faster and is in another.
(() => {
  "use strict";
  const form = document.getElementById(document.currentScript.dataset.form), held = document.activeElement;
  if (!form || (held && held !== document.body)) return;
  const first = [...form.elements].find((one) => one.matches("button, input, select, textarea") && !one.disabled && one.offsetParent);
  if (first) first.focus();
})();
