// What stood in a form whose press did nothing, since its session had ended or it was older than a log-in: kept in this tab
// until its page is shown again to whoever wrote it, and put back there. The composer keeps its own text.
(() => {
  "use strict";
  const KEPT = "ap-unsent", LAST = `${KEPT}:last`, LEFT = "ap-left";
  const TYPED = "textarea, select, input:not([type=hidden]):not([type=password]):not([type=file])";
  // What the page was when it was written in goes along, so that nothing is saved over what somebody changed since.
  const SEEN = "input[type=hidden][name=seen]";
  // Whose page this is. Those of the log-in are nobody's: they tell of who was here last.
  const owner = () => document.getElementById("ap-unsent")?.dataset.whose;
  const key = () => `${KEPT}:${owner() || sessionStorage.getItem(LAST)}`;
  const held = () => { try { return JSON.parse(sessionStorage.getItem(key())); } catch { return null; } };
  const hold = (kept) => { try { sessionStorage.setItem(key(), JSON.stringify(kept)); } catch { /* a forbidden store keeps nothing */ } };
  const forget = () => { try { sessionStorage.removeItem(key()); } catch { /* nothing is kept there */ } };
  const lose = () => { const kept = held(); if (kept) hold({ ...kept, lost: true }); };
  // Codes and other words of one moment are nobody's draft.
  const fields = (form) => [...form.querySelectorAll(`${TYPED}, ${SEEN}`)].filter((one) => one.name && !one.autocomplete?.includes("one-time"));
  // By attribute: a field of that name hides the form's own property.
  const goesTo = (form) => new URL(form.getAttribute("action") || "", location.href).href;
  const posts = (form) => (form.getAttribute("method") || "").toLowerCase() === "post";
  const ticks = (one) => one.type === "checkbox" || one.type === "radio";
  const many = (one) => [...one.options].filter((option) => option.selected).map((option) => option.value);
  const valueOf = (one) => (ticks(one) ? one.checked : one.multiple && one.options ? many(one) : one.value);

  // Whoever logs out leaves nobody's text behind, in this tab and in the others, the composer's neither.
  const clear = (store) => Object.keys(store).filter((one) => one.startsWith(KEPT) || one.startsWith("ap-compose:")).forEach((one) => store.removeItem(one));
  const leave = () => {
    try {
      [localStorage, sessionStorage].forEach(clear);
      localStorage.setItem(LEFT, Date.now());
      localStorage.removeItem(LEFT);
    } catch { /* nothing is kept there */ }
  };
  addEventListener("storage", (event) => { if (event.key === LEFT) clear(sessionStorage); });

  // Before the framework takes the press over.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("#logout-form")) leave();
    if (!posts(form) || !form.closest("main") || form.matches("#login-form")) return;
    const written = form.querySelector("[data-compose]") ? [] : fields(form).map((one) => [one.name, one.value, valueOf(one)]);
    // A button that leads back to what was written takes nothing from it.
    if (held()?.lost && !written.length) return;
    hold({ page: location.pathname, action: goesTo(form), written });
  }, { capture: true });

  document.addEventListener("htmx:afterRequest", (event) => {
    const { requestConfig, xhr } = event.detail;
    if (requestConfig?.verb === "post" && xhr.getResponseHeader("HX-Redirect")) lose();
  });

  const putBack = (form, written) => {
    const left = [...written];
    let changed = false;
    fields(form).forEach((one) => {
      const at = left.findIndex(([name, value]) => name === one.name && (!ticks(one) || value === one.value));
      if (at < 0) return;
      const was = left.splice(at, 1)[0][2];
      if (JSON.stringify(valueOf(one)) === JSON.stringify(was)) return;
      if (ticks(one)) one.checked = was;
      else if (Array.isArray(was)) [...one.options].forEach((option) => { option.selected = was.includes(option.value); });
      else one.value = was;
      if (one.type === "hidden") return;
      changed = true;
      ["input", "change"].forEach((name) => one.dispatchEvent(new Event(name, { bubbles: true })));
    });
    return changed;
  };

  const begin = () => {
    // What a release before kept does not say whose it is.
    try { sessionStorage.removeItem(KEPT); if (owner()) sessionStorage.setItem(LAST, owner()); } catch { /* nothing is kept there */ }
    const kept = held(), told = document.querySelector("[data-unsent], [data-too-old]");
    if (!kept) return;
    if (told && (kept.lost || !told.hidden)) { told.hidden = false; lose(); return; }
    const note = document.getElementById("ap-unsent");
    // The pages of the log-in have no note; a press that arrived has nothing to put back.
    if (kept.lost && (!note || kept.page !== location.pathname)) return;
    forget();
    if (!kept.lost) return;
    const said = note.content.firstElementChild.cloneNode(true);
    const form = [...document.forms].find((one) => posts(one) && goesTo(one) === kept.action && !one.closest("dialog"));
    if (!form || !putBack(form, kept.written)) said.querySelector("[data-back]").remove();
    document.getElementById("content").prepend(said);
  };
  document.addEventListener("DOMContentLoaded", begin);
})();
