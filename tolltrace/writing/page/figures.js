// The figures of an open event: for each harm and group of victims, every figure by source, on one scale.

const STATE_WORDS = { current: "", replaced: "replaced", part: "part of a larger figure", repeat: "repeats another report" };

/** Figures by harm and group, those with a range first. */
function figureGroups(event) {
  const key = (one) => `${one.harm.join("+")}|${one.group}|${one.group === "other" ? one.victims ?? "" : ""}`;
  const groups = new Map(event.ranges.map((range) => [key(range), { range, figures: [] }]));
  for (const figure of event.figures) {
    if (!groups.has(key(figure))) groups.set(key(figure), { range: null, figures: [] });
    groups.get(key(figure)).figures.push(figure);
  }
  return [...groups.values()];
}

/** One harm and group: the range in large figures, then each figure on a line of its own. */
function figureSection({ range, figures }, opened) {
  const about = range ?? figures[0];
  const tone = toneOf(about.harm);
  const most = Math.max(...figures.flatMap((one) => [one.min ?? 0, one.max ?? 0]), range?.high ?? 0, 1);
  const order = { current: 0, part: 1, repeat: 2, replaced: 3 };
  const sorted = [...figures].sort((a, b) => order[a.state] - order[b.state] || ((a.day ?? "") < (b.day ?? "") ? 1 : -1));
  return el("section", { class: `harm ${tone}` },
    el("h3", {},
      el("span", { class: "big" }, range ? span(range.low, range.high, range.open) : "–"),
      el("span", {}, ` ${harmWords(about.harm)}`, el("span", { class: "sub" }, " ", said(groupWords(about)))),
      range && el("span", { class: "sub testimony" }, `${plural(range.origins, "origin")}`)),
    range?.floor && el("p", { class: "aside" }, "No figure of its own: at least what is said of a group among them."),
    range?.order_unknown && el("p", { class: "aside" }, "Figures of one origin differ, and nothing tells which came later. Both stand."),
    el("div", { class: "figures" }, figureAxis(most), sorted.map((figure) => figureLine(figure, most, tone, opened))));
}

const STRIP = 200;

function figureAxis(most) {
  const x = scaleTo(most, STRIP, { linear: true });
  return el("div", { class: "figure axis-line", "aria-hidden": "true" }, el("span", {}), svg("svg", { class: "strip", viewBox: `0 0 ${STRIP} 14`, width: STRIP, height: 14 },
    stepsTo(most).map((step) => svg("text", { x: x(step), y: 11, "text-anchor": "middle" }, short(step)))), el("span", {}));
}

/** A figure: who, on the scale, in which words, where and when printed, and what to do with it. */
function figureLine(figure, most, tone, opened) {
  const x = scaleTo(most, STRIP, { linear: true });
  const shape = SHAPES[figure.origins[0]?.kind] ?? "triangle";
  const old = figure.state === "replaced";
  const strip = svg("svg", { class: `strip bar ${tone}`, viewBox: `0 0 ${STRIP} 24`, width: STRIP, height: 24, "aria-hidden": "true" },
    stepsTo(most).map((step) => svg("line", { x1: x(step), x2: x(step), y1: 0, y2: 24, class: "grid" })),
    (figure.min !== null || figure.max !== null) && figureMark(figure.min, figure.max, shape, x, 12, { class: old ? "old" : "mark" }));
  const tags = [STATE_WORDS[figure.state], figure.order_unknown && "order unknown", decisionsOf(figure.claim).length && "decided"].filter(Boolean);
  const replacedBy = figure.replaced_by && opened.event.figures.find((one) => one.claim === figure.replaced_by);
  const whole = figure.part_of && opened.event.figures.find((one) => one.claim === figure.part_of);
  const pick = el("input", { type: "checkbox", class: "pick", value: figure.claim, "aria-label": `Select the figure ${figure.words} for a split` });
  return el("div", { class: `figure ${figure.state}`, "data-claim": figure.claim },
    el("div", { class: "who" }, pick, el("div", {},
      el("strong", {}, figure.origins.map((origin, i) => [i ? ", " : "", said(origin.name)]).flat()),
      el("span", { class: "sub" }, [...new Set(figure.origins.map((origin) => KINDS[origin.kind] ?? origin.kind))].join(", "),
        figure.origins.some((origin) => !origin.resolved) ? ", as written" : ""))),
    strip,
    el("div", { class: "told" },
      el("div", {}, el("strong", { class: "n" }, figureSpan(figure)), " “", said(figure.words), figure.victims ? [" ", said(figure.victims)] : "", "”",
        tags.map((tag) => el("span", { class: "flag" }, tag))),
      el("div", { class: "sub" }, said(figure.outlet ?? "outlet not known"), ` · ${dayWords(figure.day)}`,
        figure.confidence === null ? "" : ` · read with confidence ${figure.confidence.toFixed(2)}`,
        whole ? [" · counted in “", said(whole.words), "”"] : "", replacedBy ? ` · replaced by ${figureSpan(replacedBy)}` : ""),
      el("p", { class: "sentence", "data-sentence": figure.claim }),
      el("div", { class: "acts" },
        button("Read in the article", () => openArticle(figure.claim), { class: "link", "data-read": figure.claim }),
        button("Review", () => decide(figure.claim, "claim", opened.row), { class: "link" }))));
}

/** The sentences of the figures, once their articles are there. */
async function fillSentences(root, opened) {
  const shards = new Set(opened.event.figures.map((figure) => opened.articles[figure.document]));
  for (const shard of shards) {
    if (shard === undefined) continue;
    const { claims } = await readArticles(shard);
    for (const figure of opened.event.figures) {
      const claim = claims[figure.claim];
      const node = claim && root.querySelector(`[data-sentence="${CSS.escape(figure.claim)}"]`);
      if (node) node.replaceChildren(said(claim.evidence.sentence.slice(0, 600)));
    }
  }
}
