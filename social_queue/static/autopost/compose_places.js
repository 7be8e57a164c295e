// Many accounts in the composer: folded by platform, found by name, chosen a platform at once. What is chosen is always shown.
(() => {
  "use strict";

  const begin = () => {
    const places = document.querySelector("[data-places]");
    if (!places) return;
    const find = places.querySelector("[data-find]"), groups = [...places.querySelectorAll("[data-place-of]")];
    const tried = Boolean(places.closest("[data-tried]"));
    const rows = (group) => [...group.querySelectorAll(".ap-chan")], box = (row) => row.querySelector("input");
    const fold = (group) => group.querySelector("[data-fold]"), open = (group) => fold(group).getAttribute("aria-expanded") === "true";
    const words = () => find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const meant = (row) => words().every((word) => row.dataset.knownAs.toLowerCase().includes(word));
    // What the button chooses: as everywhere, a platform means its active accounts; and of them those that are looked for.
    const whole = (group) => rows(group).filter((row) => "active" in row.dataset && meant(row));
    const counted = (some) => places.dataset.counted.replace("{chosen}", some.filter((row) => box(row).checked).length).replace("{all}", some.length);

    const count = () => {
      places.querySelector("[data-chosen]").textContent = counted(groups.flatMap(rows));
      groups.forEach((group) => {
        group.querySelector("[data-count]").textContent = counted(rows(group));
        const button = group.querySelector("[data-all]"), some = whole(group);
        const all = some.length > 0 && some.every((row) => box(row).checked);
        button.dataset.all = all ? "none" : "whole";
        button.querySelector("[data-label]").textContent = all ? places.dataset.none : places.dataset.whole.replace("{count}", some.length);
        button.hidden = tried || !some.length;
      });
    };
    // Only a fold or a search hides an account: one that is given up stays where it is, under the finger that did it.
    const show = () => {
      const searching = words().length > 0;
      groups.forEach((group) => {
        rows(group).forEach((row) => { row.hidden = !(box(row).checked || (searching ? meant(row) : open(group))); });
        group.hidden = searching && rows(group).every((row) => row.hidden);
        fold(group).disabled = searching;
      });
      places.querySelector("[data-nobody]").hidden = !(searching && !groups.flatMap(rows).some(meant));
      count();
    };

    places.addEventListener("change", (event) => { if (event.target !== find) count(); });
    ["input", "change"].forEach((name) => find.addEventListener(name, (event) => { event.stopPropagation(); show(); }));
    groups.forEach((group) => {
      fold(group).addEventListener("click", () => { fold(group).setAttribute("aria-expanded", String(!open(group))); show(); });
      group.querySelector("[data-all]").addEventListener("click", (event) => {
        const on = event.currentTarget.dataset.all === "whole", some = whole(group).filter((row) => box(row).checked !== on);
        some.forEach((row) => { box(row).checked = on; row.hidden = false; });
        if (some.length) box(some[0]).dispatchEvent(new Event("change", { bubbles: true }));
      });
      fold(group).setAttribute("aria-expanded", "false");
    });
    // The browser, and the composer's own script, put back what was chosen before.
    addEventListener("pageshow", show);
    show();
  };
  document.addEventListener("DOMContentLoaded", begin);
})();
