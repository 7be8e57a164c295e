// What follows a post, in the composer: texts added, ordered, taken away; one hidden field holds the list.
(() => {
  "use strict";
  const MOST = 10;

  const begin = () => {
    const box = document.querySelector("[data-follow-ups]");
    if (!box) return;
    const form = box.closest("form"), told = box.dataset, field = form.elements.follow_ups;
    const list = box.querySelector("[data-follow-ups-list]"), row = box.querySelector("[data-follow-ups-row]");
    const said = box.querySelector("[data-follow-ups-said]"), add = box.querySelector("[data-follow-ups-add]");
    const read = () => { try { const held = JSON.parse(field.value || "[]"); return Array.isArray(held) ? held : []; } catch (fault) { return []; } };
    let texts = read();

    const tell = () => {
      field.value = texts.length ? JSON.stringify(texts) : "";
      // The page's own script asks for the previews when anything is typed.
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const at = (place, name) => list.children[place].querySelector(name);
    const move = (place, step, name) => {
      if (place + step < 0 || place + step >= texts.length) return;
      texts.splice(place + step, 0, ...texts.splice(place, 1));
      draw(); tell();
      const again = at(place + step, name);
      (again.disabled ? at(place + step, "button:not([disabled])") : again).focus();
    };
    const take = (place) => {
      texts.splice(place, 1);
      said.textContent = "";
      draw(); tell();
      (texts.length ? at(Math.min(place, texts.length - 1), "[data-text]") : add).focus();
    };
    const places = (drawn, held, name) => {
      const where = drawn.querySelector("[data-where]"), boxes = [...drawn.querySelectorAll("[data-place]")];
      const show = () => { where.textContent = (held.channels || []).length ? told.only.replace("{places}", held.channels.join(", ")) : told.everywhere; };
      drawn.querySelector("[role=group]").setAttribute("aria-label", name);
      boxes.forEach((tick) => {
        tick.checked = (held.channels || []).includes(tick.dataset.place);
        tick.addEventListener("change", (event) => {
          event.stopPropagation();
          const ticked = boxes.filter((one) => one.checked).map((one) => one.dataset.place);
          if (ticked.length) held.channels = ticked; else delete held.channels;
          show(); tell();
        });
      });
      show();
    };
    const entry = (held, place) => {
      const drawn = row.content.firstElementChild.cloneNode(true), part = (name) => drawn.querySelector(name);
      const name = told.named.replace("{place}", String(place + 1)), text = part("[data-text]");
      const count = () => { part("[data-count]").textContent = told.letters.replace("{count}", String([...text.value].length)); };
      part("[data-what]").textContent = name;
      text.value = held.text || "";
      text.setAttribute("aria-label", name);
      text.addEventListener("input", (event) => { event.stopPropagation(); held.text = text.value; count(); tell(); });
      text.addEventListener("keydown", (event) => {
        const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (!event.altKey || !step) return;
        event.preventDefault();
        move(place, step, "[data-text]");
      });
      [["[data-up]", place > 0, () => move(place, -1, "[data-up]")], ["[data-down]", place < texts.length - 1, () => move(place, 1, "[data-down]")],
        ["[data-away]", true, () => take(place)]].forEach(([button, can, act]) => {
        part(button).disabled = !can;
        part(button).addEventListener("click", act);
      });
      places(drawn, held, name);
      count();
      return drawn;
    };
    const draw = () => { list.replaceChildren(...texts.map(entry)); list.hidden = !texts.length; };

    add.addEventListener("click", () => {
      if (texts.length >= MOST) { said.textContent = told.full; return; }
      texts.push({ text: "" });
      draw(); tell();
      at(texts.length - 1, "[data-text]").focus();
    });
    draw();
    if (texts.length) box.open = true;
  };
  document.addEventListener("DOMContentLoaded", begin);
})();
