// Several pictures and videos in the composer: added, described, ordered, taken away; one hidden field holds the list.
(() => {
  "use strict";
  const MOST = 10;

  const begin = () => {
    const box = document.querySelector("[data-album]");
    if (!box) return;
    const page = box.closest("[data-compose]"), form = box.closest("form"), told = box.dataset, field = form.elements.album;
    const list = box.querySelector("[data-album-list]"), row = box.querySelector("[data-album-row]");
    const said = box.querySelector("[data-album-said]"), busy = box.querySelector("[data-album-busy]");
    const chooser = box.querySelector("[data-album-file]"), address = box.querySelector("[data-album-address]");
    const read = () => { try { const held = JSON.parse(field.value || "[]"); return Array.isArray(held) ? held : []; } catch (fault) { return []; } };
    let media = read();

    const complain = (words) => said.replaceChildren(Object.assign(document.createElement("li"), { textContent: words }));
    const named = (words, place) => words.replace("{place}", String(place + 1));
    const tell = () => {
      field.value = media.length ? JSON.stringify(media) : "";
      // The page's own script asks for the previews when anything is typed.
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const store = () => { draw(); tell(); };
    const move = (place, step) => {
      media.splice(place + step, 0, ...media.splice(place, 1));
      store();
      const button = list.children[place + step].querySelector(step < 0 ? "[data-up]" : "[data-down]");
      (button.disabled ? list.children[place + step].querySelector("button:not([disabled])") : button).focus();
    };
    const entry = (held, place) => {
      const drawn = row.content.firstElementChild.cloneNode(true), part = (name) => drawn.querySelector(name);
      const video = held.kind === "video", seen = part(video ? "video" : "img"), other = part(video ? "img" : "video");
      other.remove();
      if (held.address) seen.src = held.address;
      part("[data-what]").textContent = named(video ? told.video : told.picture, place);
      const alt = part("[data-alt]");
      alt.value = held.alt || "";
      alt.setAttribute("aria-label", `${alt.getAttribute("aria-label")}: ${named(video ? told.video : told.picture, place)}`);
      alt.addEventListener("input", (event) => { event.stopPropagation(); held.alt = alt.value; tell(); });
      [["[data-up]", place > 0, () => move(place, -1)], ["[data-down]", place < media.length - 1, () => move(place, 1)],
        ["[data-away]", true, () => { media.splice(place, 1); store(); chooser.focus(); }]].forEach(([name, can, act]) => {
        part(name).disabled = !can;
        part(name).addEventListener("click", act);
      });
      return drawn;
    };
    const draw = () => {
      list.replaceChildren(...media.map(entry));
      list.hidden = !media.length;
      page.querySelectorAll("[data-single]").forEach((single) => { single.hidden = media.length > 0; });
    };

    const upload = async (file) => {
      const data = new FormData();
      data.append("file", file);
      data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      const answer = await fetch(page.dataset.keepAt, { method: "POST", body: data, credentials: "same-origin" });
      const found = await answer.json();
      if (answer.ok) media.push({ ...found.entry, alt: "" }); else complain(found.fault);
      return answer.ok;
    };
    const take = async (files) => {
      said.replaceChildren();
      box.open = true;
      for (const file of files) {
        if (media.length >= MOST) { complain(told.full); break; }
        busy.textContent = told.uploading.replace("{name}", file.name);
        try {
          if (await upload(file)) draw();
        } catch (fault) { complain(told.offline); }
      }
      busy.textContent = "";
      store();
    };
    const takeChosen = () => { const files = [...chooser.files]; chooser.value = ""; if (files.length) take(files); };
    chooser.addEventListener("change", takeChosen);
    box.querySelector("[data-album-add]").addEventListener("click", () => {
      const url = address.value.trim();
      if (!url) { address.focus(); return; }
      if (media.length >= MOST) { complain(told.full); return; }
      said.replaceChildren();
      media.push({ url, alt: "", kind: /\.(mp4|mov|m4v)$/i.test(url.split(/[?#]/)[0]) ? "video" : "image", address: "" });
      address.value = "";
      store();
    });
    address.addEventListener("input", (event) => event.stopPropagation());

    // Several at once, a video, or one more: those are for this list, whatever of the page they fall on.
    const several = (files) => files.length > 1 || media.length > 0 || files.some((file) => file.type.startsWith("video/"));
    const catchAll = (name, filesOf) => document.addEventListener(name, (event) => {
      const files = [...filesOf(event)].filter((file) => /^(image|video)\//.test(file.type));
      if (!files.length || !several(files)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      page.querySelectorAll(".ap-over-it").forEach((over) => over.classList.remove("ap-over-it"));
      take(files);
    }, true);
    catchAll("drop", (event) => (page.contains(event.target) ? event.dataTransfer.files : []));
    catchAll("paste", (event) => event.clipboardData.files);
    draw();
    if (media.length) box.open = true;
    // What was chosen before this script was here.
    takeChosen();
  };
  document.addEventListener("DOMContentLoaded", begin);
})();
