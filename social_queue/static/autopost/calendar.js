// The calendar in the browser: a card is lifted by mouse, or by a finger that rests on it, and carried to another day or
// hour; m opens "Move to…". What is sent is the form that stands in the page, so the server alone decides.
(() => {
  "use strict";
  const HOLD = 250, FAR = 6, TREMBLE = 10, IDLE = 20000, RAIL_NEEDS = 300, EDGE = 50, ROLL = 7;
  const board = () => document.getElementById("calendar");
  const may = () => board().hasAttribute("data-may-move");
  const cardOf = (target) => (target instanceof Element ? target.closest("#calendar [data-item]") : null);
  const mover = () => document.getElementById("ap-move");

  // A telephone that asked for nothing in particular gets the list.
  if (board().dataset.chosen === "0" && board().dataset.view !== "list" && matchMedia("(max-width: 767px)").matches) {
    location.replace(board().dataset.list);
    return;
  }

  const say = (text) => {
    document.querySelector(".ap-say")?.remove();
    const box = Object.assign(document.createElement("p"), { className: "ap-say" });
    box.setAttribute("role", "alert");
    document.querySelector("main").append(box);
    box.textContent = text;
    setTimeout(() => box.remove(), 8000);
  };

  // ---- what the server answers takes the place of what is seen

  const show = (text, { messages, from }) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const fresh = page.getElementById("calendar");
    // Somebody who was logged out is led to the log-in, which says what became of the press.
    if (!fresh) { location.assign(page.querySelector("[data-unsent]") ? from : location.href); return; }
    const focused = cardOf(document.activeElement)?.dataset.item;
    board().replaceWith(document.adoptNode(fresh));
    wholeDays();
    if (messages) {
      const told = page.getElementById("ap-messages");
      document.getElementById("ap-messages").replaceWith(document.adoptNode(told));
      document.dispatchEvent(new CustomEvent("desk:shown", { detail: told }));
    }
    if (focused) board().querySelector(`[data-item="${focused}"]`)?.focus({ preventScroll: true });
  };

  const send = async (item) => {
    const form = mover().querySelector("form");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.text(), { messages: true, from: answer.url });
      board().querySelector(`[data-item="${item}"]`)?.focus({ preventScroll: true });
    } catch {
      say(board().dataset.lost);
    }
  };

  const fill = (card, day, time) => {
    const values = { item: card.dataset.item, seen: card.dataset.seen, day, time };
    for (const [name, value] of Object.entries(values)) mover().querySelector(`[name=${name}]`).value = value;
  };

  setInterval(async () => {
    const busy = carried || resting || mover()?.open || board().querySelector("input:checked:not([name=near])");
    const asked = document.activeElement?.matches("select") || document.querySelector(".ap-undo");
    if (document.hidden || busy || asked) return;
    try {
      const answer = await fetch(location.href, { headers: { "X-Live": "-" } });
      if (answer.ok && !carried && !mover()?.open) show(await answer.text(), { messages: false, from: answer.url });
    } catch { /* the next look may succeed */ }
  }, IDLE);

  // ---- Move to…

  const open = (card) => {
    if (!may()) return;
    if (card.dataset.locked) { say(card.dataset.locked); return; }
    fill(card, card.dataset.date, card.dataset.time);
    mover().querySelector("[data-title]").textContent = card.querySelector(".ap-cal-title").textContent;
    mark();
    mover().showModal();
    (mover().querySelector("[name=near]:checked") || mover().querySelector("[name=day]")).focus();
  };
  const mark = () => mover().querySelectorAll("[name=near]").forEach((near) => {
    near.checked = near.value === mover().querySelector("[name=day]").value;
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("#ap-move [name=near]")) mover().querySelector("[name=day]").value = event.target.value;
    if (event.target.matches("#ap-move [name=day]")) mark();
    if (event.target.matches("[data-item] input[name=item]")) count();
    if (event.target.matches("[data-act=tick-day]")) {
      ofDay(event.target).forEach((box) => { box.checked = event.target.checked; });
      count();
    }
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("#ap-move form")) return;
    event.preventDefault();
    mover().close();
    send(event.target.querySelector("[name=item]").value);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#ap-move [data-act=close]")) mover().close();
    const button = event.target.closest("[data-item] [data-act=move]");
    if (button) open(cardOf(button));
  });

  // One box for a whole day, where there are several to choose.
  const ofDay = (whole) => [...board().querySelectorAll(`[data-date="${whole.value}"] input[name=item]`)];
  const wholeDays = () => board().querySelectorAll("[data-act=tick-day]").forEach((whole) => {
    const boxes = ofDay(whole), chosen = boxes.filter((box) => box.checked).length;
    whole.hidden = boxes.length < 2;
    whole.checked = chosen > 0 && chosen === boxes.length;
    whole.indeterminate = chosen > 0 && chosen < boxes.length;
  });

  const count = () => {
    wholeDays();
    const chosen = board().querySelectorAll("[data-item] input[name=item]:checked").length;
    board().querySelector("[data-act=spread]").disabled = chosen < 2;
    const told = board().querySelector("[data-count]");
    told.textContent = told.dataset.count.replace("%n", String(chosen));
  };

  wholeDays();

  // ---- keys

  const neighbour = (card, key) => {
    const cards = [...board().querySelectorAll("[data-item]")];
    const step = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (step) return cards[cards.indexOf(card) + step];
    const days = [...board().querySelectorAll("[data-day]")].filter((day) => day.querySelector("[data-item]"));
    const here = days.indexOf(card.closest("[data-day]"));
    return days[here + (key === "ArrowLeft" ? -1 : 1)]?.querySelector("[data-item]");
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && carried) { drop(); return; }
    const card = cardOf(event.target);
    if (!card || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("button")) return;
    if (event.key.toLowerCase() === "m") { event.preventDefault(); open(card); }
    if (event.target !== card) return;
    if (event.key === "Enter") card.querySelector("a").click();
    if (event.key === " ") { event.preventDefault(); card.querySelector("input")?.click(); }
    if (event.key.startsWith("Arrow")) { event.preventDefault(); neighbour(card, event.key)?.focus(); }
  });

  // ---- lift, carry, drop

  let carried = null, resting = null;

  const rest = (event) => {
    const card = cardOf(event.target);
    if (!card || !may() || event.button || event.target.closest("input, button")) return;
    resting = { card, x: event.clientX, y: event.clientY, touch: event.pointerType !== "mouse", id: event.pointerId };
    if (resting.touch) resting.timer = setTimeout(lift, HOLD);
  };
  const lift = () => {
    const { card, x, y, touch } = resting;
    resting = null;
    if (card.dataset.locked) { say(card.dataset.locked); return; }
    const ghost = Object.assign(document.createElement("div"), { className: "ap-ghost" });
    ghost.append(document.createElement("b"), card.querySelector(".ap-cal-title").textContent);
    document.body.append(ghost);
    card.classList.add("ap-lifted");
    document.documentElement.classList.add("ap-carrying");
    carried = { card, ghost, touch, begunX: x, begunY: y, moved: !touch, day: null, hour: null };
    carry(x, y);
  };
  const carry = (x, y) => {
    if (Math.hypot(x - carried.begunX, y - carried.begunY) > TREMBLE) carried.moved = true;
    carried.ghost.style.left = `${Math.min(x + 12, innerWidth - carried.ghost.offsetWidth - 8)}px`;
    carried.ghost.style.top = `${Math.min(y + 14, innerHeight - carried.ghost.offsetHeight - 8)}px`;
    const under = document.elementFromPoint(x, y);
    const hour = under?.closest(".ap-rail li");
    if (!hour) over(under?.closest("#calendar [data-day]") || null);
    carried.rail?.querySelector(".ap-hit")?.classList.remove("ap-hit");
    hour?.classList.add("ap-hit");
    carried.hour = hour ? hour.dataset.hour : null;
    carried.ghost.firstChild.textContent = carried.day ? `${carried.day.dataset.name} ${time()}` : "…";
    carried.x = x;
    carried.y = y;
    if (!carried.rolls && towards(y)) carried.rolls = requestAnimationFrame(roll);
  };
  // Held at an edge the page rolls on, also under a finger that rests; a phone's edge is the bar at its foot.
  const foot = () => innerHeight - (document.querySelector(".ap-places")?.offsetHeight || 0);
  const towards = (y) => (carried.hour ? 0 : y < EDGE ? -1 : y > foot() - EDGE ? 1 : 0);
  const roll = () => {
    if (!carried) return;
    carried.rolls = 0;
    const before = scrollY;
    scrollBy(0, ROLL * towards(carried.y));
    if (scrollY === before) return;
    over(null);
    carry(carried.x, carried.y);
  };
  const over = (day) => {
    if (day === carried.day) return;
    carried.day?.classList.remove("ap-target");
    carried.rail?.remove();
    carried.rail = null;
    carried.day = day;
    day?.classList.add("ap-target");
    const box = day?.getBoundingClientRect();
    if (!box || day.hasAttribute("data-over")) return;
    const top = Math.max(box.top, 0), height = Math.min(box.bottom, foot()) - top;
    if (height < RAIL_NEEDS) return;
    // The hours stand at the edge of the day: dropped on one the card takes it, dropped beside it keeps its own.
    const rail = Object.assign(document.createElement("ol"), { className: "ap-rail" });
    for (let hour = 0; hour < 24; hour += 1) {
      const place = document.createElement("li");
      place.dataset.hour = place.textContent = String(hour).padStart(2, "0");
      rail.append(place);
    }
    Object.assign(rail.style, { left: `${box.right - 36}px`, top: `${top}px`, height: `${height}px` });
    document.body.append(rail);
    carried.rail = rail;
  };
  const time = () => (carried.hour ? `${carried.hour}:${carried.card.dataset.time.slice(3)}` : carried.card.dataset.time);
  const drop = () => {
    const held = carried;
    carried = null;
    held.ghost.remove();
    held.rail?.remove();
    held.day?.classList.remove("ap-target");
    held.card.classList.remove("ap-lifted");
    document.documentElement.classList.remove("ap-carrying");
  };
  const land = () => {
    const { card, day, moved, touch } = carried, at = time();
    drop();
    if (touch && !moved) { open(card); return; }
    if (!day || (day.dataset.day === card.dataset.date && at === card.dataset.time)) return;
    if (day.hasAttribute("data-over")) { say(board().dataset.past); return; }
    fill(card, day.dataset.day, at);
    send(card.dataset.item);
  };

  document.addEventListener("pointerdown", rest);
  document.addEventListener("pointermove", (event) => {
    if (carried) { carry(event.clientX, event.clientY); return; }
    if (!resting || Math.hypot(event.clientX - resting.x, event.clientY - resting.y) < FAR) return;
    // A finger that moves before its time scrolls; a mouse that moves carries.
    if (resting.touch) { clearTimeout(resting.timer); resting = null; return; }
    lift();
    if (carried) carry(event.clientX, event.clientY);
  });
  document.addEventListener("pointerup", () => {
    if (resting) clearTimeout(resting.timer);
    resting = null;
    if (!carried) return;
    // What was carried is no click on what it is dropped upon.
    const swallow = (event) => { event.preventDefault(); event.stopPropagation(); };
    window.addEventListener("click", swallow, { capture: true });
    setTimeout(() => window.removeEventListener("click", swallow, { capture: true }));
    land();
  });
  document.addEventListener("pointercancel", () => {
    if (resting) clearTimeout(resting.timer);
    resting = null;
    if (carried) drop();
  });
  // Once lifted, the page under the finger stays where it is, and no menu comes up.
  document.addEventListener("touchmove", (event) => { if (carried) event.preventDefault(); }, { passive: false });
  document.addEventListener("contextmenu", (event) => { if (carried?.touch || (resting?.touch)) event.preventDefault(); });
  document.addEventListener("dragstart", (event) => { if (cardOf(event.target)) event.preventDefault(); });
})();
