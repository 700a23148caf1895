// The form of filters above the table.

const SUGGESTED = 250;

/** How often each value stands in the rows, the most frequent first. */
function frequent(values) {
  const counts = new Map();
  for (const value of values) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

function field(label, input) {
  return el("label", { class: "field" }, el("span", {}, label), input);
}

/** A text field with suggestions, that filters as one types. */
function textFilter(key, label, suggestions, hint = "") {
  const list = `list-${key}`;
  const input = el("input", { type: "search", name: key, list: suggestions.length ? list : null, placeholder: hint,
    spellcheck: "false", dir: "auto", oninput: () => change({ [key]: input.value }) });
  const options = suggestions.slice(0, SUGGESTED).map(([value, count]) => el("option", { value }, String(count)));
  return [field(label, input), suggestions.length > 0 && el("datalist", { id: list }, options)];
}

function choice(key, label, options) {
  const input = el("select", { name: key, onchange: () => change({ [key]: input.value }) },
    options.map(([value, words]) => el("option", { value }, words)));
  return field(label, input);
}

function tick(key, words) {
  const input = el("input", { type: "checkbox", name: key, onchange: () => change({ [key]: input.checked }) });
  return el("label", { class: "tick" }, input, el("span", {}, words));
}

function harmTick(harm) {
  const press = () => change({ harm: HARMS.filter((one) => byId("filters").querySelector(`[data-harm=${one}]`)?.checked) });
  const input = el("input", { type: "checkbox", name: "harm", "data-harm": harm, onchange: press });
  return el("label", { class: "tick" }, input, el("span", {}, HARM_WORDS[harm] ?? harm));
}

function buildFilters() {
  const rows = sheet.rows;
  const countries = frequent(rows.map((row) => countryWords(row.country)));
  const places = [...countries, ...frequent(rows.map((row) => row.named?.name))];
  const parties = frequent(rows.flatMap((row) => [...new Set(row.blamed.map((blame) => blame.party))]));
  const sources = frequent(rows.flatMap((row) => row.origins.map((i) => sheet.origins[i].name)));
  const kinds = Object.entries(KINDS).filter(([kind]) => sheet.origins.some((origin) => origin.kind === kind));
  const day = (key, label) => {
    const input = el("input", { type: "date", name: key, onchange: () => change({ [key]: input.value }) });
    return field(label, input);
  };
  const form = byId("filters");
  form.addEventListener("submit", (event) => event.preventDefault());
  const more = el("details", { class: "more" },
    el("summary", {}, "More filters", el("span", { id: "more-count", class: "badge" })),
    el("div", { class: "more-box" },
      choice("kind", "Kind of source", [["", "any kind"], ...kinds]),
      choice("status", "Status", [["", "machine and reviewed"], ["machine", "machine only"], ["reviewed", "reviewed only"]]),
      el("fieldset", { class: "ticks" }, el("legend", {}, "Only events that are"),
        tick("contested", "contested"), tick("same", "possibly the same as another"), tick("undated", "without a date"),
        tick("unplaced", "without coordinates"), tick("decided", "decided on by me"))));
  form.append(
    el("div", { class: "filter-row" },
      el("div", { class: "grow" }, textFilter("q", "Search", [], "words, names, sentences   /")),
      textFilter("place", "Place", places, "any place"),
      textFilter("party", "Held responsible", parties, "any party"),
      textFilter("source", "Source", sources, "any source"),
      day("from", "From"), day("to", "To"), more),
    el("div", { class: "filter-row second" },
      el("fieldset", { class: "ticks" }, el("legend", { class: "unseen" }, "Harm"),
        HARMS.filter((harm) => rows.some((row) => row.harms.includes(harm))).map(harmTick)),
      el("p", { class: "count", id: "shown" }),
      button("Clear all filters", clearFilters, { id: "clear", class: "quiet" })));
  const search = form.elements.q;
  search.setAttribute("aria-keyshortcuts", "/");
  search.addEventListener("focus", loadSentences, { once: true });
  fitDisclosure();
}

/** The search reads sentences as well, from the moment it is first used. */
async function loadSentences() {
  await readSentences();
  if (state.q) {
    select();
    sortRows();
    for (const listener of listeners) listener(new Set(["q"]));
  }
}

/** On a phone all filters but the search fold away behind one button. */
function fitDisclosure() {
  const form = byId("filters");
  const fold = button("Filters", () => {
    const open = form.classList.toggle("open");
    fold.setAttribute("aria-expanded", String(open));
  }, { class: "fold", "aria-expanded": "false", id: "fold" });
  form.querySelector(".grow").after(fold);
}

function showFilters() {
  const form = byId("filters");
  for (const key of ["q", "place", "party", "source", "from", "to", "kind", "status"]) {
    if (form.elements[key].value !== state[key]) form.elements[key].value = state[key];
  }
  for (const key of ["contested", "same", "undated", "unplaced", "decided"]) form.elements[key].checked = state[key];
  for (const input of form.querySelectorAll("[data-harm]")) input.checked = state.harm.includes(input.dataset.harm);
  const hidden = ["kind", "status", "contested", "same", "undated", "unplaced", "decided"];
  const active = filtering();
  const tucked = active.filter((key) => hidden.includes(key)).length;
  byId("more-count").textContent = tucked ? String(tucked) : "";
  byId("fold").textContent = active.length ? `Filters (${active.length})` : "Filters";
  byId("clear").disabled = active.length === 0;
  byId("shown").replaceChildren(el("strong", {}, number(shown.rows.length)), ` of ${plural(sheet.rows.length, "event")} shown`);
}
