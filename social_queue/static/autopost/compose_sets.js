// Hashtag sets of the composer: one press puts a set into the field, and what stands there is kept under a name.
(() => {
  "use strict";
  const words = (text) => text.split(",").map((word) => word.trim()).filter(Boolean);

  const begin = () => {
    const page = document.querySelector("[data-compose]"), place = document.querySelector("[data-tag-sets]");
    if (!page || !place) return;
    const form = page.closest("form"), field = form.elements.hashtags;

    const put = (tags) => {
      const held = words(field.value);
      field.value = [...held, ...words(tags).filter((word) => !held.includes(word))].join(", ");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const send = async (given) => {
      const data = new FormData();
      Object.entries({ ...given, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value }).forEach(([name, value]) => data.append(name, value));
      const say = (sentence) => { place.querySelector("[data-set-told]").textContent = sentence; };
      try {
        const answer = await fetch(place.dataset.tagSets, { method: "POST", body: data, credentials: "same-origin" });
        const found = await answer.json();
        if (answer.ok) place.querySelector("[data-set-list]").innerHTML = found.sets;
        if (answer.ok && "name" in given) place.querySelector("[data-set-name]").value = "";
        say(found.told);
      } catch (fault) { say(page.dataset.offline); }
    };
    const keep = () => send({ name: place.querySelector("[data-set-name]").value, hashtags: field.value });
    place.addEventListener("click", (event) => {
      const pressed = event.target.closest("button");
      if (!pressed) return;
      if ("tags" in pressed.dataset) put(pressed.dataset.tags);
      if ("setKeep" in pressed.dataset) keep();
      if ("setForget" in pressed.dataset) send({ forget: pressed.dataset.setForget });
    });
    place.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches("[data-set-name]")) keep(); });
  };
  document.addEventListener("DOMContentLoaded", begin);
})();
