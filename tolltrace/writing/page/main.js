// Putting the page together.

const TABS = [["events", "Events"], ["tallies", "Tallies"], ["review", "Review"]];

function showTabs() {
  const count = { events: sheet.counts.events, tallies: sheet.counts.tallies, review: decisions.all.length };
  const tabs = TABS.map(([key, words]) => button([words, " ", el("span", { class: "badge" }, number(count[key]))], () => change({ tab: key }),
    { role: "tab", id: `tab-${key}`, "aria-controls": key, "aria-selected": String(state.tab === key), tabindex: state.tab === key ? 0 : -1 }));
  const focused = document.activeElement?.getAttribute("role") === "tab";
  byId("tabs").replaceChildren(...tabs);
  for (const [key] of TABS) byId(key).hidden = state.tab !== key;
  if (focused) byId(`tab-${state.tab}`).focus();
}

function moveInTabs(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  const i = TABS.findIndex(([key]) => key === state.tab);
  change({ tab: TABS[(i + by + TABS.length) % TABS.length][0] });
}

function showCounts() {
  const { events, reviewed, claims, articles, quoted, outlets } = sheet.counts;
  byId("counts").textContent = `${plural(events, "event")}: ${number(events - reviewed)} machine, ${number(reviewed)} reviewed · ${plural(claims, "claim")} from ${number(quoted)} of ${plural(articles, "article")}${outlets ? ` · ${plural(outlets, "outlet")}` : ""}`;
  byId("note").firstElementChild.textContent = sheet.note;
}

const THEMES = { auto: "Theme: system", light: "Theme: light", dark: "Theme: dark" };
const darkSystem = matchMedia("(prefers-color-scheme: dark)");
let theme = kept.get("theme") ?? "auto";

function setTheme(next) {
  theme = next in THEMES ? next : "auto";
  const dark = theme === "dark" || (theme === "auto" && darkSystem.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  byId("theme").textContent = THEMES[theme];
  refreshMap();
}

function buildTheme() {
  byId("theme").addEventListener("click", () => {
    const names = Object.keys(THEMES);
    const next = names[(names.indexOf(theme) + 1) % names.length];
    kept.set("theme", next);
    setTheme(next);
  });
  darkSystem.addEventListener("change", () => setTheme(theme));
  addEventListener("beforeprint", () => { document.documentElement.dataset.theme = "light"; refreshMap(); });
  addEventListener("afterprint", () => setTheme(theme));
  setTheme(theme);
}

/** What a change touches is shown anew. */
function showChange(keys) {
  const filtered = FILTERS.some((key) => keys.has(key));
  if (keys.has("tab")) showTab();
  if (filtered) showFilters();
  if (filtered || keys.has("sort") || keys.has("down")) {
    table.active = 0;
    if (byId("table").scrollTop) byId("table").scrollTop = 0;
    refreshTable();
  }
  if (filtered) {
    refreshTimeline();
    refreshMap();
    bringIntoSight();
  }
  if (keys.has("event") || keys.has("claim")) showDrawer();
}

function showTab() {
  if (state.tab !== "events" && state.event) change({ event: "", claim: "" });
  showTabs();
  placeDrawer();
  if (state.tab === "tallies") showTallies();
  if (state.tab === "review") showReview();
  if (state.tab === "events") { refreshTable(); refreshTimeline(); }
}

async function start() {
  buildTheme();
  await readIndex();
  loadDrafts();
  showCounts();
  buildFilters();
  buildTable();
  buildHelp();
  Object.assign(state, readAddress());
  select();
  sortRows();
  showTab();
  showFilters();
  whenChanged(showChange);
  if (state.event) showDrawer();
  if (state.q) loadSentences();
  byId("tabs").addEventListener("keydown", moveInTabs);
  byId("skip").addEventListener("click", (event) => { event.preventDefault(); change({ tab: "events" }); goTo(table.active); });
  addEventListener("keydown", pressKey);
  addEventListener("hashchange", () => change({ ...readAddress() }));
  new ResizeObserver(() => refreshTimeline()).observe(byId("timeline"));
  new ResizeObserver(placeDrawer).observe(byId("filters"));
  addEventListener("resize", placeDrawer);
  narrow.addEventListener("change", () => { byId("main").inert = Boolean(state.event) && narrow.matches; });
  await new Promise((ready) => requestAnimationFrame(() => setTimeout(ready)));
  document.documentElement.dataset.table = "ready";
  await buildMap();
  showKey();
  document.documentElement.dataset.ready = "yes";
}

start().catch((error) => {
  byId("counts").textContent = "The data could not be shown.";
  byId("main").prepend(el("p", { class: "failure", role: "alert" }, error.message));
  throw error;
});
