// The composer: cards that follow what is written, own words, pictures by drop or paste, and text that outlives a reload.
(() => {
  "use strict";
  const SOON = 180, SETTLED = 1200, AGAIN = 2000;

  // A text is forgotten only when a page says that the press which sent it arrived; an error, a log-in page or no answer says nothing.
  const forgetTaken = (told) => {
    const taken = told.taken.split(" ").filter(Boolean);
    Object.keys(localStorage).filter((key) => key.startsWith("ap-compose:")).forEach((key) => {
      // What a release before kept does not say whose it is.
      if (key.split(":").length < 3) { localStorage.removeItem(key); return; }
      let held = [];
      try { held = JSON.parse(localStorage.getItem(key)) || []; } catch (fault) { return; }
      if (Array.isArray(held) && held.some(([name, value]) => name === "press" && taken.includes(value))) localStorage.removeItem(key);
    });
  };

  const begin = () => {
    const page = document.querySelector("[data-compose]");
    if (!page) return;
    try { forgetTaken(page.dataset); } catch (fault) { /* a forbidden store keeps nothing */ }
    const form = page.closest("form"), told = page.dataset;
    // A text is its writer's: whoever logs in here next neither sees nor loses it.
    const key = `ap-compose:${told.compose}:${document.getElementById("ap-unsent").dataset.whose}`;
    const one = (selector) => page.querySelector(selector), all = (selector) => [...page.querySelectorAll(selector)];
    const own = (slug) => form.elements[`caption:${slug}`];
    const follows = new Set(all("[data-follow]").map((button) => button.dataset.follow).filter((slug) => !own(slug).value));
    page.classList.add("ap-scripted");

    // -- What would be sent: words that only follow the common text are nobody's own.
    const sent = () => {
      const data = new FormData(form);
      data.delete("image");
      follows.forEach((slug) => data.delete(`caption:${slug}`));
      return data;
    };

    // -- One press counts once: until the page is shown again, no button of it takes another.
    // A page that was gone back to is the page that it was, so it brings the word that it was sent with.
    const GIVE_UP = 15000;
    let sending = false, stops = () => {};
    const visit = performance.getEntriesByType("navigation")[0];
    const before = (visit && visit.type === "back_forward" && history.state) || {};
    if (before.apOnce && !("wrong" in told)) form.elements.once.value = before.apOnce;
    history.replaceState({ ...history.state, apOnce: form.elements.once.value }, "");
    const hold = () => { sending = true; all("[data-act]").forEach((button) => { button.disabled = true; }); };
    const free = () => { sending = false; all("[data-act]").forEach((button) => { button.disabled = false; }); stops(); };

    // -- Cards
    let asked = 0, waits = false, timer = 0, later = 0, last = {}, words = {};
    // Why the chosen file was not taken; it is no part of the form, so it is said until another one is chosen.
    let refused = "";
    // What only the server knows stays until its field is changed; what the first look knows as well comes and goes with it.
    const fields = (name) => (["publish_at", "expires_at", "next_slot"].includes(name) ? ["publish_at", "expires_at"] : [name]);
    const known = new Map("wrong" in told ? all("[data-faults]").map((list) => [list.dataset.faults, [...list.children].map((one) => one.textContent)]) : []);
    let looked = false;
    const stays = (name, faults) => {
      if (!looked && known.has(name)) known.set(name, known.get(name).filter((words) => !faults.includes(words)));
      return known.get(name) || [];
    };
    const changed = (name) => fields(name.replace(/_[01]$/, "")).forEach((one) => known.delete(one));
    const complaints = (list, faults) => list.replaceChildren(...faults.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
    const fold = () => all(".ap-look .words").forEach((words) => {
      words.classList.add("cut");
      if (words.scrollHeight <= words.clientHeight + 2) { words.classList.remove("cut"); return; }
      const more = Object.assign(document.createElement("button"), { type: "button", className: "more", textContent: told.more });
      more.addEventListener("click", () => { words.classList.remove("cut"); more.remove(); });
      words.after(more);
    });
    const on = (picture) => picture.closest("[data-preview]").dataset.preview;
    const settle = () => all("img[data-later]").forEach((picture) => { picture.src = last[on(picture)] = picture.dataset.later; picture.removeAttribute("data-later"); });
    // Whoever has just marked all of a field, to type something else, finds all of it marked still.
    const fill = (box, words) => {
      if (box.value === words) return;
      const marked = box === document.activeElement && box.selectionStart === 0 && box.selectionEnd === box.value.length;
      box.value = words;
      if (marked) box.select();
    };
    const draw = (answer) => {
      const drawn = document.createElement("template");
      drawn.innerHTML = answer.cards;
      // A card is drawn anew for every letter of a title, so it waits until nobody types.
      drawn.content.querySelectorAll("img").forEach((picture) => {
        if (picture.closest(".several")) return;
        const address = picture.getAttribute("src");
        if (last[on(picture)] && address !== last[on(picture)]) { picture.dataset.later = address; picture.setAttribute("src", last[on(picture)]); } else last[on(picture)] = address;
      });
      one("[data-cards]").replaceChildren(drawn.content);
      clearTimeout(later);
      later = setTimeout(settle, SETTLED);
      fold();
      all("[data-faults]").forEach((list) => {
        const name = list.dataset.faults;
        const faults = answer.faults[name] || [];
        complaints(list, [...(name === "image" && refused ? [refused] : []), ...stays(name, faults), ...faults]);
        // Nobody mends what is folded away.
        if (faults.length && list.closest("details")) list.closest("details").open = true;
      });
      looked = true;
      const places = document.createElement("template");
      places.innerHTML = answer.slots;
      one("[data-slots]").replaceChildren(places.content);
      const stopped = new Set(all(".ap-preview:has(.ap-fault)").map((card) => card.dataset.preview));
      all("[data-bang]").forEach((sign) => { sign.hidden = !stopped.has(sign.dataset.bang); });
      words = answer.words;
      const meant = Object.keys(answer.words);
      all("[data-tab]").forEach((tab) => { if (tab.dataset.tab) tab.hidden = !meant.includes(tab.dataset.tab); });
      if (one("[role=tab][aria-selected=true]").hidden) choose(one('[data-tab=""]'));
      meant.forEach((slug) => { if (follows.has(slug) && own(slug)) fill(own(slug), answer.words[slug]); });
      const wrong = Object.keys(answer.faults).length > 0;
      stops = () => {
        all('[data-act="schedule"], [data-act="approve"]').forEach((button) => { button.disabled = answer.stops; });
        all('[data-act="send-now"], [data-act="retry"], [data-act="send-anyway"]').forEach((button) => { button.disabled = answer.stops_now; });
      };
      if (!sending) stops();
      one("[data-told]").textContent = wrong ? (answer.stops_draft ? told.unkept : told.stopped) : "";
      if (!waits) page.dataset.idle = "yes"; // else what is shown is older than what is written
    };
    const ask = async () => {
      const mine = ++asked;
      waits = false;
      page.dataset.idle = "no";
      try {
        const answer = await fetch(told.previewAt, { method: "POST", body: sent(), credentials: "same-origin" });
        if (mine !== asked) return;
        // The log-in instead of cards, or a page that is older than the last log-in.
        if (answer.redirected || answer.status === 403) throw new Error(told.loggedOut);
        if (!answer.ok) throw new Error(told.offline);
        draw(await answer.json());
      } catch (fault) {
        if (mine !== asked) return;
        one("[data-told]").textContent = fault.message === told.loggedOut ? told.loggedOut : told.offline;
        timer = setTimeout(ask, AGAIN);
      }
    };
    const soon = () => { form.elements.press.value = ""; clearTimeout(timer); waits = true; page.dataset.idle = "no"; timer = setTimeout(ask, SOON); keep(); };

    // -- The text survives a reload
    const keep = () => {
      const held = [...sent()].filter(([name, value]) => typeof value === "string" && !["csrfmiddlewaretoken", "composed", "act"].includes(name) && (value || name !== "press"));
      try { localStorage.setItem(key, JSON.stringify(held)); } catch (fault) { /* a full or forbidden store keeps nothing */ return; }
    };
    const restore = () => {
      let held = null;
      try { held = JSON.parse(localStorage.getItem(key) || "null"); } catch (fault) { held = null; }
      if (!held || "wrong" in told) return;
      const values = (name) => held.filter(([known]) => known === name).map(([, value]) => value);
      values("data_key").slice(all("[name=data_key]").length).forEach(addFact);
      let changed = false;
      [...form.elements].forEach((field) => {
        if (!field.name || ["csrfmiddlewaretoken", "seen", "once", "press", "composed", "act", "image"].includes(field.name)) return;
        const places = [...form.querySelectorAll(`[name="${CSS.escape(field.name)}"]`)], given = values(field.name);
        if (field.type === "checkbox") { const on = given.includes(field.value); changed ||= on !== field.checked; field.checked = on; return; }
        const value = given[field.type === "radio" ? 0 : places.indexOf(field)];
        if (value === undefined) return;
        changed ||= value !== field.value;
        field.value = value;
        if (field.name.startsWith("caption:") && value) detach(field.name.slice(8));
      });
      if (!changed) return;
      // It is the page that it was: saved over what somebody has changed since, it shows both; sent twice, it is made once.
      ["seen", "once"].forEach((name) => { if (form.elements[name] && values(name)[0]) form.elements[name].value = values(name)[0]; });
      history.replaceState({ ...history.state, apOnce: form.elements.once.value }, "");
      const note = Object.assign(document.createElement("div"), { className: "ap-panel ap-restored" });
      const afresh = Object.assign(document.createElement("button"), { type: "button", className: "ap-button", textContent: told.forget });
      afresh.addEventListener("click", () => { localStorage.removeItem(key); location.reload(); });
      note.append(told.restored, afresh);
      page.prepend(note);
      if (form.elements.kept.value) ask().then(() => { const shown = one(".ap-look img"); if (shown) show(shown.src.replace(/&on=\w+$/, "")); });
    };

    // -- Tabs and own words
    const choose = (tab) => {
      all("[role=tab]").forEach((other) => { other.setAttribute("aria-selected", String(other === tab)); other.tabIndex = other === tab ? 0 : -1; });
      all("[data-panel]").forEach((panel) => { panel.hidden = panel.dataset.panel !== tab.dataset.tab; });
    };
    const tell = (slug) => {
      const following = follows.has(slug) || !own(slug).value;
      one(`[data-state="${CSS.escape(slug)}"]`).textContent = following ? told.follows : told.own;
      one(`[data-follow="${CSS.escape(slug)}"]`).hidden = following;
      one(`[data-tab="${CSS.escape(slug)}"] .ap-own`).hidden = following;
    };
    const detach = (slug) => { follows.delete(slug); tell(slug); };
    all("[role=tab]").forEach((tab) => tab.addEventListener("click", () => choose(tab)));
    one("[role=tablist]").addEventListener("keydown", (event) => {
      const tabs = all("[role=tab]:not([hidden])"), step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
      choose(next); next.focus(); event.preventDefault();
    });
    all("[data-follow]").forEach((button) => {
      tell(button.dataset.follow);
      button.addEventListener("click", () => { follows.add(button.dataset.follow); tell(button.dataset.follow); soon(); });
    });
    choose(one('[data-tab=""]'));

    // -- Pictures: kept on the server as soon as they are chosen
    const show = (address) => { const shown = one("[data-shown]"); shown.src = address; shown.hidden = !address; one("[data-card]").hidden = !address; };
    const take = async (file) => {
      const data = new FormData();
      data.append("image", file);
      data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      const refuse = (words) => { refused = words; complaints(one('[data-faults="image"]'), words ? [words] : []); };
      refuse("");
      try {
        const answer = await fetch(told.keepAt, { method: "POST", body: data, credentials: "same-origin" });
        if (answer.redirected || answer.status === 403) { refuse(told.loggedOut); return; }
        const found = await answer.json();
        if (!answer.ok) { refuse(found.fault); form.elements.image.value = ""; return; }
        form.elements.kept.value = found.kept;
        // It goes along as what was kept, not a second time.
        form.elements.image.value = "";
        form.elements.focus.value = "";
        show(found.address);
        last = {};
        soon();
      } catch (fault) { refuse(told.offline); }
    };
    // The framework writes a chosen file's name into the next field of text, which here is another one.
    const bare = form.elements.image.cloneNode();
    bare.hasChangeListener = true;
    form.elements.image.replaceWith(bare);
    const takeChosen = () => { if (form.elements.image.files[0]) take(form.elements.image.files[0]); };
    form.elements.image.addEventListener("change", takeChosen);
    const drop = one("[data-drop]");
    ["dragover", "dragleave", "drop"].forEach((name) => drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("ap-over-it", name === "dragover");
      const file = name === "drop" && event.dataTransfer.files[0];
      if (file) take(file);
    }));
    document.addEventListener("paste", (event) => {
      const file = [...event.clipboardData.files].find((some) => some.type.startsWith("image/"));
      if (file) { event.preventDefault(); take(file); }
    });
    one("[data-card]").addEventListener("click", () => {
      ["kept", "image", "image_url", "focus"].forEach((name) => { form.elements[name].value = ""; });
      const clear = form.elements["image-clear"];
      if (clear) clear.checked = true;
      last = {};
      show(""); soon();
    });
    // A picture that is not to be had is no thin line.
    const shown = one("[data-shown]"), unseen = () => { shown.hidden = true; };
    shown.addEventListener("error", unseen);
    if (shown.complete && !shown.naturalWidth) unseen();
    one("[data-card]").hidden = shown.hidden && !form.elements.image_url.value;

    // -- After a refusal: to the first mark
    const lead = () => {
      const list = all("[data-faults]").find((some) => some.children.length);
      if (!list) return;
      const panel = list.closest("[data-panel]"), fold = list.closest("details"), name = list.dataset.faults;
      if (panel) choose(one(`[data-tab="${CSS.escape(panel.dataset.panel)}"]`));
      if (fold) fold.open = true;
      const field = form.querySelector(`[name="${CSS.escape(name)}"]:not([type=hidden]), [name="${CSS.escape(name)}_0"]`);
      if (field) field.focus({ preventScroll: true });
      list.scrollIntoView({ block: "center" });
    };

    // -- Facts, views
    const addFact = () => {
      const rows = one("[data-facts]"), row = rows.lastElementChild.cloneNode(true);
      row.querySelectorAll("input").forEach((input) => { input.value = ""; });
      rows.append(row);
      return row;
    };
    one("[data-add-fact]").addEventListener("click", () => addFact().querySelector("input").focus());
    all("[data-view]").forEach((button) => button.addEventListener("click", () => {
      page.classList.toggle("ap-looks", button.dataset.view === "look");
      all("[data-view]").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      fold();
    }));

    // -- Enter in a field is no press of a button
    form.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches("input:not([type=submit])")) event.preventDefault(); });
    form.addEventListener("input", (event) => {
      const name = event.target.name || "";
      changed(name);
      if (name.startsWith("caption:")) { if (event.target.value) detach(name.slice(8)); else tell(name.slice(8)); }
      soon();
    });
    form.addEventListener("change", (event) => {
      const name = event.target.name || "";
      changed(name);
      // Words that were emptied and left are nobody's own any more.
      if (name.startsWith("caption:") && !event.target.value) { follows.add(name.slice(8)); tell(name.slice(8)); }
      soon();
    });
    form.addEventListener("submit", (event) => {
      if (sending) { event.preventDefault(); return; }
      clearTimeout(timer);
      sending = true;
      // Not before the browser has taken down which button it was; and where nothing ever answers, not for ever.
      setTimeout(() => { if (event.defaultPrevented) free(); else hold(); });
      setTimeout(free, GIVE_UP);
      history.replaceState({ ...history.state, apSent: true }, "");
      form.elements.press.value = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      keep();
      follows.forEach((slug) => { own(slug).value = ""; });
    });
    // The browser puts back what stood in the fields only after this; a page that was sent had nothing but own words in their boxes.
    const text = () => JSON.stringify([...sent()].filter(([name]) => name !== "press"));
    addEventListener("pageshow", () => {
      free();
      if (before.apSent) [...follows].filter((slug) => own(slug).value && own(slug).value !== words[slug]).forEach(detach);
      if (text() !== began) ask();
    });
    restore();
    const began = text();
    ask();
    // What was chosen before this script was here.
    takeChosen();
    if ("wrong" in told) lead();
  };
  document.addEventListener("DOMContentLoaded", begin);
})();
