// What the desk's pages do in the browser, in a file since the site's Content-Security-Policy runs no script that stands
// in a page. Everything here is a comfort: without it the pages still work.
(() => {
  "use strict";

  // A way back that has run out is no way back: count down, then take the button away.
  const countDown = (form) => {
    form.dataset.counting = "";
    const left = form.querySelector("[data-left]");
    const until = performance.now() + Number(form.dataset.seconds) * 1000;
    const step = () => {
      const seconds = Math.ceil((until - performance.now()) / 1000);
      if (seconds <= 0) { form.remove(); return; }
      left.textContent = left.textContent.replace(/\d+/, String(seconds));
      setTimeout(step, 250);
    };
    step();
  };
  const countAll = () => document.querySelectorAll("form.ap-undo:not([data-counting])").forEach(countDown);
  document.addEventListener("DOMContentLoaded", countAll);
  document.addEventListener("htmx:afterSettle", countAll);
  // Messages that a page has fetched afterwards.
  document.addEventListener("desk:shown", countAll);

  // Where a page asks before it acts, Enter in a field does not answer for its reader.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches(".ap-effect input")) event.preventDefault();
  });

  // Pages kept by the browser would show a way back that is over.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form.ap-undo").forEach((form) => form.remove());
  });

  // A question before what can't be taken back.
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.ask;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // What a field lacks is said in the desk's language, where the browser would use its own.
  document.addEventListener("invalid", (event) => {
    const { dataset, validity } = event.target;
    if (dataset.missing && !validity.customError) event.target.setCustomValidity(dataset.missing);
  }, { capture: true });
  ["input", "change"].forEach((name) => document.addEventListener(name, (event) => {
    if (event.target.dataset?.missing) event.target.setCustomValidity("");
  }));

  // An act on many takes a while: it is pressed once, and thousands of rows part by part, so that a bar can say how far.
  const PART = 250;
  const inParts = async (form, bar) => {
    const rows = form.elements.rows.value.split(","), whole = new FormData(form);
    let soFar = "";
    for (let begin = 0; begin < rows.length; begin += PART) {
      whole.set("rows", rows.slice(begin, begin + PART).join(","));
      whole.set("part", begin + PART < rows.length ? "more" : "last");
      whole.set("so_far", soFar);
      const answer = await fetch(form.action, { method: "POST", body: whole, credentials: "same-origin" });
      // A page instead of a number has something to say: it is asked for again, by what is left.
      if (!answer.ok || !answer.headers.get("Content-Type").includes("json")) { form.elements.rows.value = rows.slice(begin).join(","); form.submit(); return; }
      soFar = (await answer.json()).so_far;
      bar.value = Math.min(1, (begin + PART) / rows.length);
    }
    location.assign(form.elements.back.value);
  };
  document.addEventListener("submit", (event) => {
    const form = event.target.closest(".ap-effect");
    if (!form || event.defaultPrevented) return;
    // The calendar's forms name their items otherwise, and are never so many.
    const rows = form.elements.rows, many = Boolean(rows) && rows.value.split(",").length > PART;
    const bar = form.querySelector("[data-busy] progress");
    const filled = [...form.querySelectorAll("input")].every((input) => input.type === "hidden" || input.value);
    if (many && bar && filled) {
      event.preventDefault();
      inParts(form, bar).catch(() => form.submit());
    }
    setTimeout(() => {
      form.querySelectorAll("[data-act=confirm]").forEach((button) => { button.disabled = true; });
      form.querySelectorAll("[data-busy]").forEach((told) => { told.hidden = false; });
    });
  });
  // Other pages that take their time only say so; one that answers with a file stays as it is.
  document.addEventListener("submit", (event) => {
    const bar = event.target.querySelector("[data-busy]"), file = event.submitter && event.submitter.value === "reasons";
    if (bar && !file && !event.defaultPrevented) setTimeout(() => { bar.hidden = false; });
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll(".ap-effect [data-act=confirm]").forEach((button) => { button.disabled = false; });
    document.querySelectorAll("[data-busy]").forEach((bar) => { bar.hidden = true; });
  });

  // The framework's lists to choose from name an icon that has no role, so that readers of the screen skip its name.
  const nameIcons = () =>
    document.querySelectorAll(".help-tooltip[aria-label]").forEach((icon) => icon.setAttribute("role", "img"));
  // The lists are made on this very event, by a script that comes later.
  window.addEventListener("load", () => setTimeout(nameIcons));

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText);
  });
})();
