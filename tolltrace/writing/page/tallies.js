// Running totals by source: series of their own, never mixed with events.

const MOST_TALLIES = 300;
const tallyView = { all: null, articles: {} };

async function showTallies() {
  const box = byId("tallies");
  if (!tallyView.all) {
    const data = await block("tallies");
    tallyView.all = data.tallies;
    tallyView.articles = data.articles;
    const search = el("input", { type: "search", id: "tally-search", oninput: listTallies, dir: "auto", spellcheck: "false" });
    box.append(el("div", { class: "page" },
      el("h2", {}, "Tallies"),
      el("p", { class: "lede" }, "Totals over a period, as each source gives them: one series for each source, area, harm, group of victims and start. They stand in no event's range, and nothing here is added up. All of it: ", el("strong", {}, sheet.note), "."),
      field("Search source, area or victims", search), el("p", { class: "count", id: "tally-count" }), el("div", { class: "tally-list", id: "tally-list" })));
  }
  listTallies();
}

const tallyText = (tally) => fold([tally.origin.name, ...tally.area, countryWords(tally.country), tally.victims, tally.period, ...tally.harm, tally.group].filter(Boolean).join(" "));

function listTallies() {
  const words = fold(byId("tally-search").value).split(/\s+/).filter(Boolean);
  const found = tallyView.all.filter((tally) => words.every((word) => tallyText(tally).includes(word))).sort((a, b) => b.points.length - a.points.length);
  byId("tally-count").textContent = `${plural(found.length, "series", "series")} of ${number(tallyView.all.length)}${found.length > MOST_TALLIES ? `, the longest ${MOST_TALLIES} shown` : ""}`;
  byId("tally-list").replaceChildren(...found.slice(0, MOST_TALLIES).map(tallyCard));
}

function tallyCard(tally) {
  const where = tally.area.length ? tally.area.join(", ") : countryWords(tally.country) || "area not named";
  return el("article", { class: "tally" },
    el("h3", {}, said(tally.origin.name), el("span", { class: "sub inline" }, ` ${KINDS[tally.origin.kind]}`)),
    el("p", {}, said(where), ` · ${harmWords(tally.harm)} · `, said(tally.victims || groupWords(tally))),
    el("p", { class: "sub" }, tally.start ? `since ${tally.start.length === 10 ? dayWords(tally.start) : tally.start}` : "start not known", tally.period ? [" (“", said(tally.period), "”)"] : "", ` · ${tally.status}`),
    stepChart(tally),
    el("details", {}, el("summary", {}, plural(tally.points.length, "figure")),
      el("ol", { class: "plain points" }, tally.points.map((point) => el("li", {}, el("span", { class: "sub" }, dayWords(point.day)), el("strong", {}, ` ${figureSpan(point)} `),
        button(["“", said(point.words), "”"], (event) => quoteTotal(point, event.currentTarget), { class: "link", "aria-expanded": "false" }))))));
}

/** A total's sentence below it, with a link to its article. */
async function quoteTotal(point, opener) {
  const item = opener.closest("li");
  const old = item.querySelector("blockquote");
  opener.setAttribute("aria-expanded", String(!old));
  if (old) return old.remove();
  const shard = tallyView.articles[point.document];
  const part = shard === undefined ? { claims: {}, articles: {} } : await readArticles(shard);
  const claim = part.claims[point.claim];
  const article = part.articles[point.document];
  const out = article?.url && linkOut(article.url, "Open where it was published");
  item.append(el("blockquote", {}, el("p", {}, claim ? said(claim.evidence.sentence) : "This sheet was written without this claim's article."),
    el("footer", { class: "sub" }, said(article?.outlet ?? "outlet not known"), " · ", said(article?.title ?? ""), out ? [" · ", out] : "")));
}

/** Each total stands until the source gives another: steps from the lower ends, marks for what was said. */
function stepChart(tally) {
  const [width, height] = [300, 84];
  const points = tally.points.map((point) => ({ ...point, at: time(point.day), value: point.min ?? point.max })).filter((point) => point.at !== null && point.value !== null);
  if (!points.length) return el("p", { class: "sub" }, "No figure with a day and a number.");
  const most = Math.max(...points.map((point) => Math.max(point.min ?? 0, point.max ?? 0)), 1);
  const [first, last] = [points[0].at, points.at(-1).at];
  const x = (at) => 8 + (first === last ? 0.5 : (at - first) / (last - first)) * (width - 70);
  const y = (value) => height - 18 - (value / most) * (height - 34);
  const path = points.map((point, i) => `${i ? `H${x(point.at)}V` : `M${x(point.at)} `}${y(point.value)}`).join("");
  return svg("svg", { class: `steps ${toneOf(tally.harm)}`, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `From ${figureSpan(points[0])} on ${dayWords(points[0].day)} to ${figureSpan(points.at(-1))} on ${dayWords(points.at(-1).day)}` },
    svg("line", { x1: 0, x2: width, y1: height - 17.5, y2: height - 17.5, class: "base" }),
    first !== last && svg("path", { d: path, class: "step" }), points.map((point) => mark(SHAPES[tally.origin.kind] ?? "triangle", x(point.at), y(point.value), { class: "mark" })),
    svg("text", { x: x(last) + 8, y: y(points.at(-1).value) + 4, class: "end" }, lastWords(points)),
    svg("text", { x: x(first), y: height - 4 }, dayWords(points[0].day)),
    first !== last && svg("text", { x: x(last), y: height - 4, "text-anchor": "end" }, dayWords(points.at(-1).day)));
}

/** The last figure; where several are of the last day, from the lowest to the highest. */
function lastWords(points) {
  const last = points.filter((point) => point.at === points.at(-1).at);
  const values = last.map((point) => point.value);
  return last.length === 1 ? figureSpan(last[0]) : span(Math.min(...values), Math.max(...values), last.some((point) => point.max === null));
}
