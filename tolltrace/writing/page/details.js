// An event whole, in the drawer: figures, who is blamed, what is denied, where, and why its claims were joined.

const drawer = { opened: null, back: null, turn: 0 };

function openEvent(id) {
  if (!sheet.byId.has(id)) return;
  const inside = byId("drawer").contains(document.activeElement);
  if (!inside) drawer.back = document.activeElement;
  change({ event: id, claim: "" });
}

function closeDrawer() {
  change({ event: "", claim: "" });
  const row = table.drawn.get(table.active);
  (drawer.back?.isConnected ? drawer.back : row)?.focus({ preventScroll: true });
  drawer.back = null;
}

/** Show what the address names: nothing, an event, or an article. */
async function showDrawer() {
  const box = byId("drawer");
  const turn = ++drawer.turn;
  document.body.classList.toggle("with-drawer", Boolean(state.event));
  box.hidden = !state.event;
  placeDrawer();
  byId("main").inert = Boolean(state.event) && narrow.matches;
  markOpen();
  if (!state.event) {
    drawer.opened = null;
    if (chart.map) drawMap();
    return;
  }
  const row = sheet.byId.get(state.event);
  seek(row);
  try {
    const opened = { row, ...(await readEvent(row.id)) };
    if (turn !== drawer.turn) return;
    drawer.opened = opened;
    if (state.claim) await showArticle(opened, state.claim, box);
    else showEvent(opened, box);
  } catch (error) {
    box.replaceChildren(drawerHead("Not shown", closeDrawer), el("p", { class: "failure" }, error.message));
  }
  if (turn === drawer.turn) box.focus({ preventScroll: true });
}

/** Below the filters, so that they and the warning stay in sight; over all on a phone. */
function placeDrawer() {
  const above = state.tab === "events" ? byId("filters") : document.querySelector(".top");
  const top = matchMedia("(max-width: 940px)").matches ? 0 : Math.round(above.getBoundingClientRect().bottom);
  byId("drawer").style.setProperty("top", `${top}px`);
}

function drawerHead(title, close, ...more) {
  return el("div", { class: "drawer-head" }, el("div", {}, el("h2", { id: "drawer-title" }, title), ...more),
    button("Close", close, { class: "quiet close", "aria-keyshortcuts": "Escape" }));
}

function showEvent(opened, box) {
  const { event, row } = opened;
  const part = (title, ...content) => el("section", { class: "part" }, el("h3", { class: "part-title" }, title), ...content);
  const means = event.means.filter((one) => one !== "unknown").map((one) => MEANS_WORDS[one] ?? one);
  const origins = event.origins.map((origin) => el("li", {}, said(origin.name), el("span", { class: "sub inline" }, ` ${KINDS[origin.kind]}${origin.resolved ? "" : ", as written"}`)));
  box.replaceChildren(
    drawerHead(said(event.title), closeDrawer,
      el("p", { class: "lede" }, whenWords(event), event.date_precision && event.date_precision !== "day" ? ` (${DATE_PRECISION[event.date_precision]})` : "",
        row.named ? [" · ", said(row.named.name)] : "", row.country ? ` · ${countryWords(row.country)}` : "", means.length ? ` · ${means.join(", ")}` : ""),
      el("p", { class: "sub" }, el("span", { class: `flag f-${event.status}` }, event.status), ` ${event.note} · ${plural(event.figures.length, "figure")} in ${plural(event.documents.length, "article")}, ${plural(event.stories, "story", "stories")}, ${plural(event.origins.length, "origin")}`)),
    el("div", { class: "drawer-body" },
      el("div", { class: "acts bar-acts" },
        button("Accept", () => decide(event.id, "accept", row)), button("Reject", () => decide(event.id, "reject", row)),
        button("Correct a field", () => decide(event.id, "correct", row)), button("Merge with …", () => decide(event.id, "merge", row)),
        button("Split selected claims", () => splitSelected(event, row))),
      decisionNotes(event),
      event.contested.length > 0 && el("section", { class: "part contested" }, el("h3", { class: "part-title" }, "Contested"), el("ul", {}, event.contested.map((words) => el("li", {}, said(words))))),
      part("How many, says who", shapeKey(), figureGroups(event).map((group) => figureSection(group, opened))),
      part("Who is held responsible", blameTable(event)),
      event.denials.length > 0 && part("Denials", event.denials.map((denial) => el("blockquote", {}, el("p", {}, said(denial.sentence)),
        el("footer", { class: "sub" }, said(denial.party), " denies", denial.by && denial.by !== denial.party ? [", by ", said(denial.by)] : "", claimLinks(denial.claims))))),
      part("Where", el("ul", { class: "plain" }, row.places.map(placeItem))),
      event.possibly_same_as.length > 0 && part("Possibly the same as", event.possibly_same_as.map((other) => sameCard(other, row))),
      part("Origins", el("p", { class: "sub" }, "One testimony each, whoever prints it."), el("ul", { class: "plain columns" }, origins)),
      event.joins.length > 0 && part("Why these claims are one event", joinList(event)),
      part("Identity", el("p", { class: "sub" }, "Event ", el("code", {}, said(event.id)), event.formerly.length ? [" · has taken in ", event.formerly.map((id, i) => [i ? ", " : "", el("code", {}, said(id))])].flat(3) : ""))));
  box.scrollTop = 0;
  fillSentences(box, opened);
}

function shapeKey() {
  return el("p", { class: "shapes sub" }, Object.entries(SHAPE_WORDS).map(([shape, words]) => el("span", {},
    svg("svg", { width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true" }, mark(shape, 6, 6, { class: "key-mark" })), words)),
    el("span", {}, "arrow: or more, or fewer"), el("span", {}, "hollow: replaced"));
}

function blameTable(event) {
  if (!event.blamed.length) return el("p", { class: "sub" }, "Nobody is named.");
  return el("table", { class: "blame" }, el("thead", {}, el("tr", {}, ["Party", "How firmly", "Says who", "Where"].map((words) => el("th", { scope: "col" }, words)))),
    el("tbody", {}, event.blamed.map((blame) => el("tr", {},
      el("th", { scope: "row" }, said(blame.party), blame.resolved ? "" : el("span", { class: "sub inline" }, " as written")),
      el("td", {}, CERTAINTY[blame.certainty] ?? blame.certainty), el("td", {}, blame.by ? said(blame.by) : "the article itself"), el("td", {}, claimLinks(blame.claims))))));
}

/** Numbered links to the claims that say so. */
function claimLinks(ids) {
  return el("span", { class: "refs" }, ids.slice(0, 12).map((id, i) => button(String(i + 1), () => openArticle(id), { class: "ref", "aria-label": `Read claim ${i + 1} in its article` })),
    ids.length > 12 ? ` and ${ids.length - 12} more` : "");
}

function placeItem(place) {
  const known = place.lat !== null && place.lon !== null;
  const other = place.runner_up;
  return el("li", {}, el("strong", {}, said(place.name)), place.province ? [", ", said(place.province)] : "", place.country ? `, ${countryWords(place.country)}` : "",
    el("span", { class: "sub" }, place.wider ? "wider place · " : "", known ? `${PRECISION[place.precision] ?? "precision not known"} · ${place.lat.toFixed(3)}, ${place.lon.toFixed(3)}` : "not in the gazetteer: as written, without coordinates"),
    place.uncertain && el("span", { class: "aside" }, "Uncertain. ", other ? ["Nearly as likely: ", said(other.name), other.province ? [", ", said(other.province)] : "", ` (${countryWords(other.country)}, ${other.lat.toFixed(2)}, ${other.lon.toFixed(2)})`].flat() : "Another place of this name is nearly as likely."));
}

function reasonList(reasons) {
  return el("ul", { class: "reasons" }, reasons.map((reason) => el("li", { class: reason.points < 0 ? "against" : "for" },
    el("span", { class: "points" }, `${reason.points < 0 ? "against" : "for"} ${reason.points > 0 ? "+" : ""}${reason.points.toFixed(1)}`), said(reason.words))));
}

function sameCard(other, row) {
  const found = sheet.byId.get(other.id);
  return el("div", { class: "card" }, found ? button(said(found.title), () => openEvent(other.id), { class: "link strong" }) : el("code", {}, said(other.id)),
    el("p", { class: "sub" }, found ? `${whenWords(found)}${found.main ? ` · ${span(found.main.low, found.main.high, found.main.open)} ${harmWords(found.main.harm)}` : ""} · ` : "", `score ${other.score.toFixed(2)}`),
    reasonList(other.reasons), button("Merge the two", () => decide(row.id, "merge", row, { value: other.id }), { class: "link" }));
}

function joinList(event) {
  const words = new Map(event.figures.map((figure) => [figure.claim, figure]));
  const name = (id) => {
    const figure = words.get(id);
    return figure ? ["“", said(figure.words), "” ", el("span", { class: "sub inline" }, said(figure.outlet ?? "outlet not known"))] : [el("code", {}, said(id))];
  };
  return el("details", {}, el("summary", {}, `${plural(event.joins.length, "join")} with reasons`),
    event.joins.map((join) => el("div", { class: "card" }, el("p", {}, name(join.one), " and ", name(join.other), ` · score ${join.score.toFixed(2)}`), reasonList(join.reasons))));
}
