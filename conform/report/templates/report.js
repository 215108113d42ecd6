"use strict";
(() => {
  const form = document.querySelector(".filters");
  if (!form) return;
  const search = document.getElementById("search");
  const selects = [...form.querySelectorAll("select")];
  const status = document.getElementById("count");
  const nothing = document.getElementById("nothing");
  const cases = [...document.querySelectorAll("#cases > details")].map((element) => ({
    element,
    text: `${element.textContent} ${element.dataset.rule}`.toLowerCase(),
  }));

  function matches({ element, text }, words) {
    const chosen = selects.every(({ value, dataset }) =>
      !value || element.dataset[dataset.filter].split(dataset.filter === "rule" ? " " : "\n").includes(value));
    return chosen && words.every((word) => text.includes(word));
  }

  function update() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const one of cases) {
      one.element.hidden = !matches(one, words);
      if (!one.element.hidden) shown += 1;
    }
    status.textContent = shown === cases.length ? `${shown} cases` : `${shown} of ${cases.length} cases`;
    nothing.hidden = shown > 0;
  }

  form.hidden = false;
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(update));
  for (const button of document.querySelectorAll("[data-show]")) {
    button.addEventListener("click", () => {
      search.value = "";
      for (const select of selects) select.value = button.dataset[select.dataset.filter] ?? "";
      update();
      const section = document.getElementById("failures");
      section.scrollIntoView();
      section.focus({ preventScroll: true });
    });
  }
})();
