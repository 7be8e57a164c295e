"use strict";
(() => {
  const SHOWN = 60, EVERY = 2000;
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const feeds = one(".feeds");
  let total = Number(document.body.dataset.total || 0);

  const ago = (moment) => {
    const s = Math.max(0, (Date.now() - moment) / 1000);
    if (s < 60) return "just now";
    if (s < 3600) return `${Math.floor(s / 60)} min`;
    if (s < 86400) return `${Math.floor(s / 3600)} h`;
    return moment.toLocaleDateString(undefined, { day: "numeric", month: "short" });
  };
  const tellTimes = () => all("time").forEach((time) => {
    const moment = new Date(time.dateTime);
    time.title = moment.toLocaleString();
    const words = ago(moment);
    if (time.textContent !== words) time.textContent = words;
  });

  const fold = (root) => all(".words", root).forEach((words) => {
    if (words.dataset.seen || !words.offsetParent) return;
    words.dataset.seen = "1";
    words.classList.add("cut");
    if (words.scrollHeight <= words.clientHeight + 2) return words.classList.remove("cut");
    const more = Object.assign(document.createElement("button"), { type: "button", className: "more", textContent: "See more" });
    more.onclick = () => { words.classList.remove("cut"); more.remove(); };
    words.after(more);
  });

  const show = (platform) => {
    if (!feeds || !one(`.feed.${CSS.escape(platform)}`)) return;
    feeds.dataset.shown = platform;
    all(".switch button").forEach((button) => {
      const mine = button.dataset.platform === platform;
      button.setAttribute("aria-selected", String(mine));
      if (mine) button.classList.remove("fresh");
    });
    fold(document);
  };
  all(".switch button").forEach((button) => {
    button.onclick = () => { history.replaceState(null, "", `#${button.dataset.platform}`); show(button.dataset.platform); window.scrollTo(0, 0); };
  });

  const tellCounts = (told) => {
    one("#total").textContent = told.total;
    one("#creating").textContent = told.creating_calls;
    for (const [platform, count] of Object.entries(told.counts))
      all(`[data-platform="${platform}"] [data-count]`).forEach((place) => { place.textContent = count; });
  };
  const putUp = (cards) => {
    for (const [platform, html] of Object.entries(cards)) {
      if (!html) continue;
      const posts = one(`.feed.${platform} .posts`);
      const stayed = posts.scrollTop, height = posts.scrollHeight;
      const box = document.createElement("template");
      box.innerHTML = html;
      all(".post", box.content).forEach((post) => post.classList.add("new"));
      // What was followed is shown again, with its thread, where it stands.
      all(".post", box.content).forEach((post) => {
        const old = post.dataset.post && one(`[data-post="${CSS.escape(post.dataset.post)}"]`, posts);
        if (old) old.replaceWith(post);
      });
      posts.prepend(box.content);
      if (stayed > 0) posts.scrollTop = stayed + posts.scrollHeight - height;
      all(".post", posts).slice(SHOWN).forEach((post) => post.remove());
      if (feeds.dataset.shown !== platform) one(`.switch [data-platform="${platform}"]`).classList.add("fresh");
    }
    tellTimes();
    fold(document);
  };

  const look = async () => {
    if (document.hidden) return;
    try {
      const told = await (await fetch(`/wall.json?since=${total}`)).json();
      one("#live").classList.remove("off");
      one("#live dd").textContent = "live";
      if (told.total < total || told.edited !== document.body.dataset.edited) return location.reload();
      if (told.total > total) {
        const cards = await (await fetch(`/_posts?since=${total}`)).json();
        total = told.total;
        putUp(cards);
      }
      tellCounts(told);
      tellTimes();
    } catch {
      one("#live").classList.add("off");
      one("#live dd").textContent = "sandbox stopped";
    }
  };

  const tell = (path, content) => fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content) });
  const weather = one("#weather");
  if (weather) {
    const output = one("output", weather);
    const explain = () => all("[data-for]", weather).forEach((p) => { p.hidden = p.dataset.for !== weather.scenario.value; });
    weather.scenario.onchange = explain;
    explain();
    weather.onsubmit = async (event) => {
      event.preventDefault();
      const answer = await tell("/_sandbox/scenario", Object.fromEntries(new FormData(weather)));
      output.textContent = answer.ok ? `${weather.address.value}: ${weather.scenario.value.replaceAll("_", " ")}` : (await answer.json()).error;
    };
    one("#reset").onclick = async () => { await tell("/_sandbox/reset", {}); location.reload(); };
    document.addEventListener("click", (event) => { if (!event.target.closest(".weather")) one(".weather").open = false; });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") one(".weather").open = false; });
  }

  tellTimes();
  if (feeds) {
    show(location.hash.slice(1) || "facebook");
    let looking = false;
    setInterval(async () => { if (looking) return; looking = true; await look(); looking = false; }, EVERY);
    document.addEventListener("visibilitychange", look);
  }
  fold(document);
})();
