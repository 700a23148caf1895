// How to read the page, and its keys.

const KEYS = [
  ["/", "search"], ["?", "this help"], ["Esc", "close what is open"], ["↑ ↓ or j k", "move in the table"], ["Page ↑ ↓, Home, End", "move further"],
  ["Enter", "open the event; on the map, list the events in sight"], ["n p", "next or previous event while one is open"], ["arrows, + and −", "move and zoom the map"],
];

function buildHelp() {
  byId("help").append(
    el("h2", { id: "help-title" }, "How to read this page"),
    el("p", {}, el("strong", {}, "Machine-read claims, not verified."), " A program read articles, found who says how many people were harmed, and brought together what seems to be one incident. Nothing is graded, averaged or added up; open the articles before you rely on a figure."),
    el("ul", {},
      el("li", {}, el("strong", {}, "The bar "), "runs from the lowest to the highest current figure; a mark stands for each figure, its shape says who speaks. An arrow: “at least” goes on upwards, “up to” downwards. Hollow marks were replaced by the same source later. The scale is logarithmic and the same in all rows."),
      el("li", {}, el("strong", {}, "Origins, not outlets, "), "are counted: what one monitor says is one testimony, whoever prints it."),
      el("li", {}, el("strong", {}, "On the map "), "filled dots are known places, hollow ones are near the place, dashed areas and numbers in a country mean: somewhere in here. Rings with a number hold several events. Areas are of about the size of what is known: 25 km around the middle of a district, 80 km of a province."),
      el("li", {}, el("strong", {}, "Tallies "), "are totals over periods. They are no part of any event.")),
    shapeKey(),
    el("h3", {}, "Keys"),
    el("dl", { class: "keys" }, KEYS.flatMap(([key, words]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, words)])),
    el("p", { class: "sub" }, "The page loads nothing and sends nothing. Filters stand in its address, so that a view can be passed on. Your name and decisions are kept in this browser only. Outlines: Natural Earth, public domain, de facto boundaries. Map: Leaflet (BSD 2-Clause)."),
    el("div", { class: "acts" }, button("Close", () => byId("help").close(), { class: "strong" })));
  byId("help-open").addEventListener("click", () => byId("help").showModal());
}

function pressKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "Escape") {
    if (typing && typing.closest("#filters")) return typing.blur();
    if (state.claim) return change({ claim: "" });
    if (state.event) closeDrawer();
    return;
  }
  if (typing) return;
  const act = { "/": () => { change({ tab: "events" }); byId("filters").elements.q.focus(); }, "?": () => byId("help").showModal(), n: () => step(1), p: () => step(-1) }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

/** The event after or before the open one, in the table's order. */
function step(by) {
  if (!state.event) return;
  const i = shown.rows.findIndex((row) => row.id === state.event) + by;
  if (!shown.rows[i]) return;
  goTo(i, { focus: false });
  openEvent(shown.rows[i].id);
}
