// Pages that renew themselves while they are open, without losing place, choice or typed text. An element with data-live
// and an id is replaced by its namesake of the newly asked page; one that its reader is at work in is left for later.
// data-live-every says how often (ms); a namesake without data-live was the last one.
(() => {
  "use strict";
  const EVERY = Number(document.currentScript?.dataset.every || 20000);
  const AT_WORK = "input:not([type=checkbox]):not([type=radio]):not([type=hidden]), textarea, select, [contenteditable]";
  let timer = 0;
  let pace = 0;
  let busy = false;

  const regions = () => [...document.querySelectorAll("[data-live][id]")];
  // A way back that runs, a text half written, an open list: whoever is at it is not disturbed.
  const disturbs = (region) => {
    const at = document.activeElement;
    if (at && region.contains(at) && at.matches(AT_WORK)) return true;
    if ([...region.querySelectorAll("input[type=text], textarea")].some((one) => one.value !== one.defaultValue)) return true;
    return Boolean(region.querySelector("form.ap-undo, .htmx-request, details[open]"));
  };

  const place = (region) => {
    const at = document.activeElement;
    return {
      top: window.scrollY,
      sideways: [...region.querySelectorAll(".ap-strip-box, .ap-previews")].map((one) => one.scrollLeft),
      ticked: new Set([...region.querySelectorAll("input[type=checkbox]:checked")].map((one) => `${one.name}=${one.value}`)),
      focus: at && region.contains(at) ? [at.tagName, at.getAttribute("href") || at.getAttribute("value") || at.id] : null,
    };
  };

  const putBack = (region, was) => {
    region.querySelectorAll("input[type=checkbox]").forEach((one) => {
      if (was.ticked.has(`${one.name}=${one.value}`)) one.checked = true;
    });
    [...region.querySelectorAll(".ap-strip-box, .ap-previews")].forEach((one, n) => { one.scrollLeft = was.sideways[n] || 0; });
    if (was.focus) {
      const [tag, mark] = was.focus;
      const same = [...region.querySelectorAll(tag)].find((one) => [one.getAttribute("href"), one.getAttribute("value"), one.id].includes(mark));
      same?.focus({ preventScroll: true });
    }
    window.scrollTo(window.scrollX, was.top);
  };

  // The rows of a list keep their boxes: the framework has put its listeners on these once and for all. A row that is
  // new gets the place of one that has gone.
  const key = (body) => body.querySelector("input.action-select")?.value;
  const renewRows = (table, fresh) => {
    const old = new Map([...table.tBodies].filter(key).map((body) => [key(body), body]));
    const wanted = [...document.importNode(fresh, true).tBodies];
    const spare = [...old].filter(([name]) => !wanted.some((body) => key(body) === name)).map(([, body]) => body);
    const rows = wanted.map((body) => {
      const own = old.get(key(body)) || spare.shift();
      return own ? fill(own, body) : body;
    });
    [...table.tBodies].forEach((body) => body.remove());
    table.append(...rows);
  };
  const fill = (body, fresh) => {
    body.className = fresh.className;
    const [row, other] = [body.rows[0], fresh.rows[0]];
    const [box, given] = [body, fresh].map((one) => one.querySelector("input.action-select"));
    if (box.value !== given.value) Object.assign(box, { value: given.value, checked: false });
    box.setAttribute("aria-label", given.getAttribute("aria-label") || "");
    [...other.cells].forEach((cell, n) => {
      if (!cell.contains(given) && row.cells[n].innerHTML !== cell.innerHTML) row.cells[n].innerHTML = cell.innerHTML;
    });
    return body;
  };

  const renew = (region, fresh) => {
    if (region.innerHTML === fresh.innerHTML) return;
    const was = place(region);
    const [table, other] = [region, fresh].map((one) => one.querySelector("#result_list"));
    if (table && other) {
      renewRows(table, other);
    } else {
      region.replaceChildren(...document.importNode(fresh, true).childNodes);
      const boxes = region.querySelectorAll("tr input.action-select");
      if (other && boxes.length) window.Actions?.(boxes);
    }
    [...fresh.attributes].forEach((one) => region.setAttribute(one.name, one.value));
    if (!("live" in fresh.dataset)) region.removeAttribute("data-live");
    window.htmx?.process(region);
    putBack(region, was);
    region.dispatchEvent(new CustomEvent("ap:renewed", { bubbles: true }));
  };

  const ask = async () => {
    const wanted = regions();
    if (busy || document.hidden || !wanted.length || wanted.some(disturbs)) return;
    busy = true;
    try {
      const address = wanted[0].dataset.liveUrl || location.href;
      const answer = await fetch(address, { headers: { "X-Live": wanted[0].dataset.liveStamp || "-" }, credentials: "same-origin", redirect: "error" });
      if (answer.status !== 200) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      // Whoever began to type while the answer was on its way keeps what he has.
      if (document.hidden || regions().some(disturbs)) return;
      regions().forEach((region) => {
        const fresh = page.getElementById(region.id);
        if (fresh) renew(region, fresh);
      });
    } catch {
      // Nobody is there, or nobody is logged in any more: the page stays as it is, and the next round asks again.
    } finally {
      busy = false;
      if (wantedPace() !== pace) begin();
    }
  };

  const wantedPace = () => Math.min(...regions().map((region) => Number(region.dataset.liveEvery) || EVERY));
  const begin = () => {
    clearInterval(timer);
    pace = wantedPace();
    if (document.hidden || pace === Infinity) return;
    timer = setInterval(ask, pace);
  };
  document.addEventListener("visibilitychange", () => {
    begin();
    if (!document.hidden) ask();
  });
  document.addEventListener("DOMContentLoaded", begin);
  // For tests and for keys: ask now.
  document.addEventListener("ap:renew", ask);
})();
