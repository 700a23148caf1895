// What is filtered, sorted and open; it all stands in the address, so that a view can be passed on.

const FRESH = {
  tab: "events", q: "", place: "", party: "", source: "", kind: "", from: "", to: "", harm: [], status: "",
  contested: false, same: false, undated: false, unplaced: false, decided: false, box: null,
  sort: "day", down: true, event: "", claim: "",
};
const FILTERS = ["q", "place", "party", "source", "kind", "from", "to", "harm", "status", "contested", "same", "undated",
  "unplaced", "decided", "box"];
const SORTS = ["day", "title", "figure", "origins", "blamed", "flags"];

const state = structuredClone(FRESH);
/** Rows that pass; `ignoring` one filter: what the timeline shows without its dates, the map without its frame. */
const shown = { rows: [], withoutDates: [], withoutBox: [] };
const listeners = [];

const whenChanged = (listener) => listeners.push(listener);

/** Change the state, filter again where needed, tell all views, and write the address. */
function change(changes, { quiet = false } = {}) {
  const keys = Object.keys(changes).filter((key) => JSON.stringify(changes[key]) !== JSON.stringify(state[key]));
  if (!keys.length) return;
  Object.assign(state, changes);
  if (keys.some((key) => FILTERS.includes(key))) {
    select();
    if (!quiet) announce(`${plural(shown.rows.length, "event")} shown of ${number(sheet.rows.length)}`);
  }
  if (keys.some((key) => FILTERS.includes(key) || key === "sort" || key === "down")) sortRows();
  writeAddress();
  for (const listener of listeners) listener(new Set(keys));
}

const filtering = () => FILTERS.filter((key) => JSON.stringify(state[key]) !== JSON.stringify(FRESH[key]));

function clearFilters() {
  change(structuredClone(Object.fromEntries(FILTERS.map((key) => [key, FRESH[key]]))));
}

/** Which rows pass. */
function select() {
  const tests = makeTests();
  shown.rows = [];
  shown.withoutDates = [];
  shown.withoutBox = [];
  for (const row of sheet.rows) {
    if (!tests.every((test) => test(row))) continue;
    const dated = inDates(row);
    const boxed = inBox(row);
    if (boxed) shown.withoutDates.push(row);
    if (dated) shown.withoutBox.push(row);
    if (dated && boxed) shown.rows.push(row);
  }
}

function makeTests() {
  const tests = [];
  const words = fold(state.q).split(/\s+/).filter(Boolean);
  if (words.length) tests.push((row) => words.every((word) => row.text.includes(word) || row.sentences?.includes(word)));
  for (const key of ["place", "party", "source"]) {
    const wanted = fold(state[key]).trim();
    if (wanted) tests.push((row) => row[`${key}Text`].includes(wanted));
  }
  if (state.kind) tests.push((row) => row.origins.some((i) => sheet.origins[i].kind === state.kind));
  if (state.harm.length) tests.push((row) => row.harms.some((harm) => state.harm.includes(harm)));
  if (state.status) tests.push((row) => row.status === state.status);
  if (state.contested) tests.push((row) => row.contested.length > 0);
  if (state.same) tests.push((row) => row.same.length > 0);
  if (state.undated) tests.push((row) => row.from === null);
  if (state.unplaced) tests.push((row) => row.place === null);
  if (state.decided) tests.push((row) => decidedOn(row.id) > 0);
  return tests;
}

/** Some day of the event lies in the range; an event without a date never does. */
function inDates(row) {
  if (!state.from && !state.to) return true;
  if (row.from === null) return false;
  const from = time(state.from) ?? -Infinity;
  const to = time(state.to) ?? Infinity;
  return row.from <= to && row.to >= from;
}

function inBox(row) {
  if (!state.box) return true;
  if (!row.place) return false;
  const [west, south, east, north] = state.box;
  const { lat, lon } = row.place;
  return lat >= south && lat <= north && lon >= west && lon <= east;
}

/** The range shown for a row: of the harm that is filtered for, else the gravest. */
const rangeOf = (row) => (state.harm.length ? mainRange(row, HARMS.filter((harm) => state.harm.includes(harm))) : row.main);

const SORT_BY = {
  day: (row) => row.from,
  title: (row) => fold(row.title),
  figure: (row) => rangeOf(row)?.high ?? rangeOf(row)?.low ?? null,
  origins: (row) => row.origins.length,
  blamed: (row) => (row.blamed.length ? fold(row.blamed[0].party) : null),
  flags: (row) => row.contested.length + row.order + row.same.length,
};

/** Rows without a value come last, whichever way. */
function sortRows() {
  const value = SORT_BY[state.sort];
  const sign = state.down ? -1 : 1;
  const keyed = shown.rows.map((row) => [value(row), row]);
  keyed.sort(([a, x], [b, y]) => {
    if (a === null || b === null) return (a === null) - (b === null) || (x.id < y.id ? -1 : 1);
    return a < b ? -sign : a > b ? sign : x.id < y.id ? -1 : 1;
  });
  shown.rows = keyed.map(([, row]) => row);
}

/** The state as the address's hash: what differs from a fresh page. */
function writeAddress() {
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(state)) {
    if (JSON.stringify(value) === JSON.stringify(FRESH[key])) continue;
    parts.set(key, Array.isArray(value) ? value.join(",") : typeof value === "boolean" ? String(Number(value)) : value);
  }
  const hash = parts.toString();
  try {
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  } catch {
    location.hash = hash;
  }
}

/** The state that the address gives; what it says wrongly is left out. */
function readAddress() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const found = structuredClone(FRESH);
  for (const [key, value] of parts) {
    if (!(key in FRESH)) continue;
    if (key === "harm") found.harm = value.split(",").filter((harm) => HARMS.includes(harm));
    else if (key === "box") found.box = readBox(value);
    else found[key] = typeof FRESH[key] === "boolean" ? value === "1" : value;
  }
  if (!SORTS.includes(found.sort)) found.sort = FRESH.sort;
  if (!["events", "tallies", "review"].includes(found.tab)) found.tab = FRESH.tab;
  if (found.event && !sheet.byId.has(found.event)) found.event = "";
  for (const key of ["from", "to"]) if (!/^\d{4}-\d\d-\d\d$/.test(found[key])) found[key] = "";
  return found;
}

function readBox(text) {
  const box = text.split(",").map(Number);
  return box.length === 4 && box.every(Number.isFinite) ? box : null;
}
