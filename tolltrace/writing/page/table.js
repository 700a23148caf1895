// The table of events. Only the rows in sight are in the page, so 5,000 scroll like 50.

const COLUMNS = [
  ["day", "Date"], ["title", "What and where"], ["figure", "Figures, by source"], ["origins", "Origins"],
  ["blamed", "Held responsible"], ["flags", "Flags"],
];
const SPARE = 6; // rows kept above and below what is in sight
const PRINTED = 1000;
const narrow = matchMedia("(max-width: 760px)");

const table = { body: null, head: null, frame: 0, active: 0, drawn: new Map(), height: 64, printing: false };

function buildTable() {
  const cells = COLUMNS.map(([key, words]) => el("div", { role: "columnheader", class: `c-${key}`, "data-key": key },
    button(words, () => change(state.sort === key ? { down: !state.down } : { sort: key, down: key !== "title" && key !== "blamed" }))));
  cells[2].append(el("div", { class: "axis", id: "axis", "aria-hidden": "true" }));
  table.head = el("div", { role: "row", class: "row head", "aria-rowindex": "1" }, cells);
  table.body = el("div", { role: "rowgroup", class: "rows" });
  const sorter = el("label", { class: "field sorter" }, el("span", {}, "Sort by"), el("select", { id: "sorter",
    onchange: (event) => change({ sort: event.target.value, down: !["title", "blamed"].includes(event.target.value) }) },
    COLUMNS.map(([key, words]) => el("option", { value: key }, words.toLowerCase()))));
  const grid = el("div", { role: "grid", class: "grid-table", "aria-label": "Events", "aria-colcount": COLUMNS.length,
    id: "grid", onkeydown: moveInTable }, el("div", { role: "rowgroup" }, table.head), table.body);
  byId("table").append(sorter, grid, el("p", { class: "nothing", id: "nothing", hidden: true }));
  byId("table").addEventListener("scroll", soon, { passive: true });
  addEventListener("scroll", soon, { passive: true });
  new ResizeObserver(() => refreshTable()).observe(byId("table"));
  addEventListener("beforeprint", () => { table.printing = true; refreshTable(); });
  addEventListener("afterprint", () => { table.printing = false; refreshTable(); });
}

function soon() {
  table.frame ||= requestAnimationFrame(() => { table.frame = 0; drawRows(); });
}

/** Draw all again: other rows, another order, another width. */
function refreshTable() {
  table.height = narrow.matches ? 150 : 64;
  table.body.style.setProperty("height", `${shown.rows.length * table.height}px`);
  byId("grid").setAttribute("aria-rowcount", String(shown.rows.length + 1));
  table.drawn.clear();
  table.body.replaceChildren();
  for (const cell of table.head.children) {
    const sorted = cell.dataset.key === state.sort;
    cell.setAttribute("aria-sort", sorted ? (state.down ? "descending" : "ascending") : "none");
  }
  byId("sorter").value = state.sort;
  const nothing = byId("nothing");
  nothing.hidden = shown.rows.length > 0;
  nothing.textContent = sheet.rows.length ? "No event passes these filters." : "There are no events in this sheet.";
  measureBars();
  drawRows();
}

/** One scale for all rows, so that bars compare; its axis stands in the column's head. */
function measureBars() {
  const axis = byId("axis");
  const width = narrow.matches ? Math.max(table.body.clientWidth - 36, 200) : Math.max(axis.clientWidth, 120);
  table.most = Math.max(...sheet.rows.map((row) => Math.max(row.main?.high ?? 0, row.main?.low ?? 0)), 10);
  table.width = width;
  table.scale = scaleTo(table.most, width);
  table.ticks = ticksTo(table.most);
  const far = [];
  const labels = table.ticks.filter((tick) => {
    const at = table.scale(tick);
    if (far.some((other) => Math.abs(other - at) < 24)) return false;
    return far.push(at);
  });
  axis.replaceChildren(svg("svg", { width, height: 14, viewBox: `0 0 ${width} 14` },
    labels.map((tick) => svg("text", { x: table.scale(tick), y: 11, "text-anchor": "middle" }, short(tick)))));
}

/** Which rows are in sight, in the table's own frame or in the page's. */
function inSight() {
  if (table.printing) return [0, Math.min(shown.rows.length, PRINTED)];
  const frame = byId("table");
  const own = frame.scrollHeight > frame.clientHeight + 1;
  const top = own ? frame.getBoundingClientRect().top : 0;
  const bottom = own ? frame.getBoundingClientRect().bottom : innerHeight;
  const start = table.body.getBoundingClientRect().top;
  const first = Math.floor((top - start) / table.height) - SPARE;
  const last = Math.ceil((Math.min(bottom, innerHeight) - start) / table.height) + SPARE;
  return [Math.max(first, 0), Math.min(last, shown.rows.length)];
}

function drawRows() {
  const [first, last] = inSight();
  for (const [i, node] of table.drawn) {
    if ((i < first || i >= last) && i !== table.active) {
      node.remove();
      table.drawn.delete(i);
    }
  }
  table.active = Math.max(0, Math.min(table.active, shown.rows.length - 1));
  const wanted = new Set([table.active]);
  for (let i = first; i < last; i++) wanted.add(i);
  for (const i of wanted) {
    if (table.drawn.has(i) || !shown.rows[i]) continue;
    const node = drawRow(shown.rows[i], i);
    table.drawn.set(i, node);
    const next = [...table.drawn.keys()].filter((n) => n > i).sort((a, b) => a - b)[0];
    table.body.insertBefore(node, next === undefined ? null : table.drawn.get(next));
  }
}

function drawRow(row, i) {
  const range = rangeOf(row);
  const open = row.id === state.event;
  const node = el("div", { role: "row", class: `row${open ? " open" : ""}`, tabindex: i === table.active ? 0 : -1,
    "aria-rowindex": i + 2, "aria-selected": String(open), "data-id": row.id,
    onclick: () => { table.active = i; roam(); openEvent(row.id); },
    onmouseenter: () => hint(row), onmouseleave: () => hint(null) },
    cell("day", whenCell(row)), cell("title", titleCell(row)), cell("figure", figureCell(row, range)),
    cell("origins", originsCell(row)), cell("blamed", blamedCell(row)), cell("flags", flagsCell(row)));
  node.style.setProperty("top", `${i * table.height}px`);
  return node;
}

const cell = (key, content) => el("div", { role: "gridcell", class: `c-${key}` }, content);

function whenCell(row) {
  const vague = row.precision && !["day", "relative"].includes(row.precision);
  return [el("span", { class: row.first ? "day" : "day none" }, whenWords(row)),
    vague && el("span", { class: "sub" }, DATE_PRECISION[row.precision])];
}

function titleCell(row) {
  const place = row.named;
  const where = place ? [said(place.name), place.province && [", ", said(place.province)]].flat() : ["place not named"];
  const vague = place?.precision && place.precision !== "exact" ? ` · ${place.precision === "near" ? "near" : `in this ${place.precision}`}` : "";
  return [el("span", { class: "title" }, said(row.title)),
    el("span", { class: "sub" }, where, row.country && place?.name !== countryWords(row.country) ? ` · ${countryWords(row.country)}` : "", vague)];
}

function figureCell(row, range) {
  if (!range) return el("span", { class: "sub" }, "no figure");
  const others = row.ranges.length - 1;
  const words = barWords(range);
  const numbers = el("span", { class: "numbers", title: words }, el("strong", {}, span(range.low, range.high, range.open)), ` ${harmWords(range.harm)}`,
    range.group === "all" ? "" : [" · ", said(groupWords(range))], others > 0 && el("span", { class: "sub inline" }, ` +${others} more`));
  const bar = rangeBar(range, toneOf(range.harm), table.scale, table.width, 26, table.ticks);
  return [numbers, bar, el("span", { class: "unseen" }, words)];
}

function originsCell(row) {
  return [el("strong", {}, String(row.origins.length)), el("span", { class: "sub" }, ` in ${plural(row.stories, "story", "stories")}`)];
}

function blamedCell(row) {
  if (!row.blamed.length) return el("span", { class: "sub" }, row.denied.length ? "denied, nobody blamed" : "nobody named");
  const parties = [...new Set(row.blamed.map((blame) => blame.party))];
  const sure = [...new Set(row.blamed.map((blame) => CERTAINTY[blame.certainty] ?? blame.certainty))];
  const all = row.blamed.map((blame) => `${blame.party}: ${CERTAINTY[blame.certainty]}${blame.by ? `, says ${blame.by}` : ""}`).join("\n");
  return el("span", { class: "parties", title: all }, parties.map((party, i) => [i ? ", " : "", said(party)]).flat(), el("span", { class: "sub" }, sure.join("; "), row.denied.length ? "; denied" : ""));
}

function flagsCell(row) {
  const decided = decidedOn(row.id);
  const flags = [
    row.contested.length && ["contested", row.contested.join("; ")],
    row.order && ["order unknown", "Figures of one origin differ, and nothing tells which came later."],
    row.same.length && ["possibly same", `May be the same as ${plural(row.same.length, "other event")}.`],
    row.status === "reviewed" && ["reviewed", "An analyst's decisions are applied."],
    decided && [plural(decided, "decision"), "Decisions in this page, not yet applied."],
  ].filter(Boolean);
  return flags.map(([words, title]) => el("span", { class: `flag f-${words.split(" ")[0]}`, title }, words));
}

/** The one row that the Tab key reaches. */
function roam() {
  for (const [i, node] of table.drawn) node.setAttribute("tabindex", i === table.active ? "0" : "-1");
}

function moveInTable(event) {
  if (!event.target.closest(".rows") || event.ctrlKey || event.metaKey || event.altKey) return;
  const page = Math.max(1, Math.floor(byId("table").clientHeight / table.height) - 1);
  const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
  if (event.key === "Enter" || event.key === " ") openEvent(shown.rows[table.active].id);
  else if (event.key in steps) goTo(Math.max(0, Math.min(table.active + steps[event.key], shown.rows.length - 1)));
  else return;
  event.preventDefault();
}

/** Bring row `i` into sight and focus it. */
function goTo(i, { focus = true } = {}) {
  table.active = i;
  const frame = byId("table");
  const head = table.head.offsetHeight;
  if (frame.scrollHeight > frame.clientHeight + 1) {
    const top = table.body.offsetTop + i * table.height;
    if (top - head < frame.scrollTop) frame.scrollTop = top - head;
    else if (top + table.height > frame.scrollTop + frame.clientHeight) frame.scrollTop = top + table.height - frame.clientHeight;
  } else {
    const top = table.body.getBoundingClientRect().top + i * table.height;
    if (top < 60 || top + table.height > innerHeight) scrollBy(0, top - innerHeight / 3);
  }
  drawRows();
  roam();
  if (focus) table.drawn.get(i)?.focus({ preventScroll: true });
}

/** Show which row is open. */
function markOpen() {
  for (const node of table.drawn.values()) {
    const open = node.dataset.id === state.event;
    node.classList.toggle("open", open);
    node.setAttribute("aria-selected", String(open));
  }
}
