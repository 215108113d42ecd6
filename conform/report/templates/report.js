"use strict";
(() => {
  const form = document.querySelector(".filters");
  if (!form) return;
  const search = document.getElementById("search");
  const selects = [...form.querySelectorAll("select")];
  const status = document.getElementById("count");
  const nothing = document.getElementById("nothing");
  const section = document.getElementById("failures");
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

  // The address of the page always has the filter, so that whoever gets it sees the same cases.
  function remember() {
    const filter = new URLSearchParams();
    for (const { value, dataset } of selects) if (value) filter.set(dataset.filter, value);
    if (search.value) filter.set("search", search.value);
    history.replaceState(null, "", `#${filter}`);
    update();
  }

  function set(filter) {
    search.value = filter.get("search") ?? "";
    for (const select of selects) {
      const value = filter.get(select.dataset.filter) ?? "";
      select.value = [...select.options].some((option) => option.value === value) ? value : "";
    }
    update();
  }

  function follow() {
    const hash = location.hash.slice(1);
    const one = hash.startsWith("case-") ? document.getElementById(hash) : null;
    if (one) {
      if (one.hidden) set(new URLSearchParams());
      one.open = true;
      one.scrollIntoView();
      return;
    }
    const filter = new URLSearchParams(hash);
    if (["search", ...selects.map((select) => select.dataset.filter)].some((name) => filter.has(name))) {
      set(filter);
      section.scrollIntoView();
      section.focus({ preventScroll: true });
    }
  }

  form.hidden = false;
  form.addEventListener("input", remember);
  form.addEventListener("change", remember);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(remember));
  // A link to where the page is already changes no address.
  for (const link of document.querySelectorAll(".matrix a, .overview a, .permalink")) {
    link.addEventListener("click", () => setTimeout(follow));
  }
  window.addEventListener("hashchange", follow);
  follow();
})();
(() => {
  function rank(row, column) {
    const cell = row.cells[column];
    const text = cell.dataset.sort ?? cell.textContent.trim();
    return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
  }

  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return a === b ? 0 : String(a).localeCompare(String(b));
  }

  function sort(head, column) {
    const down = head.ariaSort === "ascending";
    for (const each of head.parentElement.cells) each.removeAttribute("aria-sort");
    head.ariaSort = down ? "descending" : "ascending";
    const body = head.closest("table").tBodies[0];
    const rows = [...body.rows].sort((a, b) => compare(rank(a, column), rank(b, column)));
    body.append(...(down ? rows.reverse() : rows));
  }

  for (const table of document.querySelectorAll(".sortable")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(head, column));
    });
  }
})();
