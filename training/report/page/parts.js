// The parts of the report, each made from one set's figures.

const KEY = {
  span: "spans, exact", span_overlap: "spans, overlapping", link: "links", blame: "links that blame",
  claim_core: "claims: figure, harm, victim", claim_full: "claims: all but the date", span_macro: "spans, mean of labels",
  link_macro: "links, mean of labels", count_value: "figures with the right value", count_within: "figures within gold's range",
  count_magnitude: "figures of the right magnitude", count_scope: "incident or total told apart",
  claim_sources: "figures with exactly gold's sources", claim_blamed: "figures with exactly gold's blame",
};
const CARDS = ["span", "link", "claim_core", "blame", "count_value", "claim_sources"];
const PROBE_KINDS = { numbers: "Numbers", meaning: "What sentences mean", form: "Changes of form that change no meaning", fairness: "Names do not decide" };

function part(id, title, note, ...content) {
  return el("section", { id, "aria-labelledby": `${id}-title` }, el("h2", { id: `${id}-title` }, title), note ? el("p", { class: "sub" }, note) : null, content);
}

function verdictPart(all, found) {
  const gate = all.gate, broken = gate.checks.filter((check) => !check.holds);
  const released = gate.verdict === "release";
  const against = gate.compared ? `compared with ${gate.compared}` : "no model before it was measured on these articles";
  const weakest = Object.entries(found.scores).filter(([key, s]) => key.includes("/") && s.gold >= 20).sort((a, b) => a[1].f1 - b[1].f1).slice(0, 4);
  const stamp = el("div", { class: `stamp ${gate.verdict}` }, el("strong", {}, released ? "May be released" : "May not be released"),
    el("p", {}, `${gate.checks.length} checks, ${broken.length} broken; ${against}.`),
    el("p", {}, "Weakest: ", weakest.map(([key, s], n) => [n ? ", " : "", el("a", { href: "#errors", onclick: () => pickErrors(key) }, key.split("/")[1]), ` ${three(s.f1)}`]), "."));
  const cards = el("div", { class: "cards" }, CARDS.map((key) => {
    const s = found.scores[key];
    return el("div", { class: "card" }, el("span", {}, KEY[key]), el("b", {}, three(s.f1)), el("span", {}, `${three(s.low)} to ${three(s.high)}`));
  }));
  const rows = broken.map((c) => el("tr", { class: "bad" }, [c.rule, c.value].map((w) => el("td", { class: "words" }, w)), [c.now, c.before].map((v) => el("td", {}, three(v))), el("td", { class: "words" }, c.limit)));
  const table = broken.length ? el("div", { class: "wide" }, el("table", {}, el("thead", {}, el("tr", {}, ["rule", "value", "now", "before", "limit"].map((h) => el("th", { class: "words" }, h)))), el("tbody", {}, rows))) : null;
  return part("verdict", "Verdict", null, el("div", { class: "verdict" }, stamp, cards), table);
}

function scoresPart(found, human) {
  const others = [...found.baselines, ...(human ? [human] : [])], names = others.map((o) => o.name);
  const rows = Object.entries(KEY).filter(([key]) => found.scores[key]).map(([key, name]) => {
    const s = found.scores[key];
    return { name, value: s.f1, low: s.low, high: s.high, others: others.map((o) => o.scores[key]?.f1) };
  });
  const onGold = found.scores_on_gold_spans.link;
  if (onGold) rows.push({ name: "links between gold's spans", value: onGold.f1, low: onGold.low, high: onGold.high, others: others.map((o) => o.scores_on_gold_spans?.link?.f1) });
  const note = `${found.data.documents} articles, ${found.data.words.toLocaleString("en")} words. F1 (for figures found: the share that is right), with 95 % intervals over documents.` + (human ? ` Human agreement: ${human.note}, ${human.documents} articles.` : "");
  const wrong = Object.entries(found.claim_errors);
  const claims = wrong.length ? el("p", {}, "Claims whose figure was found are wrong in: ", wrong.map(([why, n]) => `${why} ${n}`).join(", "), ".") : null;
  return part("scores", "Scores and baselines", note, legend(names), bars(rows, { width: 760, left: 240, names, label: "scores with baselines" }), claims);
}

function labelsPart(found) {
  const charts = ["span", "link"].map((kind) => {
    const rows = Object.entries(found.scores).filter(([key, s]) => key.startsWith(`${kind}/`) && s.gold).sort((a, b) => b[1].f1 - a[1].f1).map(([key, s]) => {
      const label = key.split("/")[1];
      return { name: `${label} (${s.gold})`, value: s.f1, low: s.low, high: s.high, quiet: s.gold < 20, title: `${label}: F1 ${three(s.f1)}, precision ${three(s.precision)}, recall ${three(s.recall)}; ${resultWords(found.results[kind][label])}` };
    });
    return el("div", {}, el("h3", {}, kind === "span" ? "Spans" : "Links"), bars(rows, { label: `F1 of ${kind}s by label` }));
  });
  const results = Object.entries(found.results).flatMap(([kind, labels]) => Object.entries(labels).map(([label, counts]) => el("tr", {}, el("td", {}, kind === "claim" ? "claims" : label), ["correct", "incorrect", "partial", "missed", "spurious"].map((r) => el("td", {}, counts[r])))));
  const table = el("details", {}, el("summary", {}, "Kinds of errors: correct, incorrect (another label), partial (other borders), missed, spurious"), el("div", { class: "wide" }, el("table", {}, el("thead", {}, el("tr", {}, ["label", "correct", "incorrect", "partial", "missed", "spurious"].map((h) => el("th", {}, h)))), el("tbody", {}, results))));
  const confusions = Object.entries(found.confusion).map(([kind, cells]) => el("details", {}, el("summary", {}, `Confusion of ${kind}s`), heat(cells, `confusion of ${kind}s`)));
  return part("labels", "Labels", "Gold items in brackets; labels with fewer than 20 are grey. Touch a bar for precision, recall and kinds of errors.", el("div", { class: "columns" }, charts), table, confusions);
}

const resultWords = (counts) => (counts ? Object.entries(counts).map(([k, n]) => `${n} ${k}`).join(", ") : "");

function slicesPart(found) {
  const groups = Map.groupBy ? Map.groupBy(found.slices, (s) => s.dimension) : groupBy(found.slices, (s) => s.dimension);
  const chooser = el("select", { "aria-label": "Score" }, Object.entries({ span: "spans", link: "links", claim_core: "claims" }).map(([key, name]) => el("option", { value: key }, name)));
  const charts = el("div", { class: "columns" });
  const draw = () => {
    charts.replaceChildren();
    for (const [dimension, rows] of groups) {
      const shown = rows.filter((row) => row.scores[chooser.value]).sort((a, b) => b.scores[chooser.value].f1 - a.scores[chooser.value].f1);
      const few = dimension === "conflict" ? shown.filter((row) => row.scores[chooser.value].gold >= 20) : shown;
      if (!few.length) continue;
      const left = shown.length - few.length;
      charts.append(el("div", {}, el("h3", {}, dimension), bars(few.map((row) => {
        const s = row.scores[chooser.value], test = row.tests[chooser.value];
        return { name: `${row.slice} (${s.gold})`, value: s.f1, low: s.low, high: s.high, quiet: s.gold < 20, mark: test?.differs ? "≠" : "", title: `${row.slice}: ${three(s.f1)} on ${s.gold} gold items of ${row.documents} articles` + (test ? `; ${test.difference >= 0 ? "+" : ""}${three(test.difference)} against the rest, corrected p ${test.p_corrected}` : "; too few to test") };
      }), { label: `slices by ${dimension}`, left: 215 }), left ? el("p", { class: "sub" }, `${left} slices with fewer than 20 items are in metrics.json.`) : null));
    }
  };
  chooser.addEventListener("change", draw);
  draw();
  return part("slices", "Slices", "Gold items in brackets. ≠ marks a slice that differs from the rest beyond chance: permutation over documents, all tests corrected together (Benjamini and Hochberg, 5 %).", el("label", { class: "field inline" }, el("span", {}, "Score"), chooser), charts);
}

function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return groups;
}

function trustPart(found) {
  const points = (side) => side.bins.map((b) => [b.score, b.right, `score ${three(b.score)}: ${percent(b.right)} of ${b.n} right`]);
  const plots = Object.entries(found.calibration).map(([kind, c]) => square([{ points: points(c.before), before: true }, { points: points(c.after) }], { title: `${kind}s: error ${three(c.after.error)} (${three(c.before.error)} before scaling)`, xLabel: "score", yLabel: "share right", diagonal: true }));
  const curves = Object.entries(found.review).map(([kind, r]) => square([{ points: r.points.map((p) => [p.review_share, p.precision, `${percent(p.review_share)} reviewed: ${percent(p.precision, 1)} of the rest right, threshold ${three(p.threshold)}`]) }], { title: `${kind}s`, xLabel: "share that people review, least sure first", yLabel: "precision of the rest", yFrom: 0.5 }));
  const wanted = Object.entries(found.review).flatMap(([kind, r]) => Object.entries(r.wanted).map(([precision, at]) => el("tr", {}, el("td", {}, `${kind}s`), el("td", {}, percent(Number(precision))), at ? [el("td", {}, three(at.threshold)), el("td", {}, `${Math.round(100 * at.review_share)} in 100`), el("td", {}, percent(at.precision, 1)), el("td", {}, percent(at.recall, 1))] : el("td", { colspan: "4", class: "words" }, "no threshold reaches it on validation articles"))));
  const table = wanted.length ? el("div", { class: "wide" }, el("table", {}, el("thead", {}, el("tr", {}, ["", "wanted precision", "threshold", "to review", "reached here", "recall unseen"].map((h) => el("th", {}, h)))), el("tbody", {}, wanted))) : null;
  return part("trust", "Can its scores be trusted?", "A point on the diagonal says what it means: of items scored 0.8, 80 % are right. Dashed: without temperature scaling. Thresholds for a wanted precision are chosen on validation articles and tried on these.", el("div", { class: "columns squares" }, plots), el("h3", {}, "How much is left to review"), el("div", { class: "columns squares" }, curves), table);
}

function behaviourPart(found) {
  if (!found.probes.length) return null;
  const groups = groupBy(found.probes, (p) => p.kind);
  const blocks = [...groups].map(([kind, probes]) => el("div", {}, el("h3", {}, PROBE_KINDS[kind] ?? kind), probes.sort((a, b) => b.rate - a.rate).map((p) => el("details", {}, el("summary", {}, el("span", { class: "rate" }, percent(p.rate, 1)), ` ${p.name}: ${p.failures} of ${p.cases} fail (${percent(p.low, 1)} to ${percent(p.high, 1)})`), p.examples.length ? p.examples.map((x) => el("div", { class: "example" }, el("p", {}, said(x.text)), el("p", { class: "sub" }, "wanted: ", said(x.wanted)), el("p", { class: "sub" }, "found: ", said(x.found)))) : el("p", { class: "sub" }, "No failure.")))));
  const rows = found.fairness.filter((row) => row.failures || row.low !== undefined).map((row) => ({ name: `${row.group} (${row.cases})`, value: row.rate, low: row.low, high: row.high, quiet: row.cases < 20, measure: row.measure }));
  const charts = [...groupBy(rows, (r) => r.measure)].map(([measure, list]) => el("div", {}, el("h3", {}, measure), bars(list, { percentages: true, left: 230, label: `failure rates by group: ${measure}` })));
  const clean = found.fairness.filter((row) => row.low === undefined && !row.failures).length;
  return part("behaviour", "Behaviour and fairness", "Small tests of what a reader would never get wrong, and error rates by the side that is blamed. Open a line for examples.", blocks, el("div", { class: "columns" }, charts), clean ? el("p", { class: "sub" }, `${clean} groups of swapped names without any failure.`) : null);
}

function eventsPart(all) {
  if (!all.events) return null;
  const tables = Object.entries(all.events).map(([of, scores]) => el("div", {}, el("h3", {}, of), el("table", {}, el("tbody", {}, Object.entries(scores).map(([name, value]) => el("tr", {}, el("td", {}, name), el("td", {}, value > 1 ? value : three(value))))))));
  return part("events", "Places, days, names and events", "On the test sets of data/events: invented incidents, each told by several articles. From gold claims and from those that the model reads.", el("div", { class: "columns squares" }, tables));
}

function comparisonPart(all) {
  const c = all.comparison, curve = all.learning_curve;
  if (!c && !curve) return null;
  const content = [];
  if (c) {
    const word = (s) => (s.low > 0 ? "better" : s.high < 0 ? "worse" : "within chance");
    const rows = Object.entries(c.scores).map(([key, s]) => el("tr", { class: s.high < 0 ? "bad" : null }, el("td", {}, KEY[key] ?? key), [s.old, s.new, s.difference, s.low, s.high].map((v) => el("td", {}, three(v))), el("td", { class: "words" }, word(s))));
    content.push(el("p", {}, `${c.why}.`), el("div", { class: "wide" }, el("table", {}, el("thead", {}, el("tr", {}, ["", "before", "now", "difference", "from", "to", ""].map((h) => el("th", {}, h)))), el("tbody", {}, rows))));
    const labels = Object.entries(c.by_label).map(([key, n]) => el("tr", {}, el("td", {}, key), el("td", {}, n.fixed), el("td", {}, n.broken)));
    content.push(el("details", {}, el("summary", {}, "Fixed and newly broken, by label"), el("div", { class: "wide" }, el("table", {}, el("thead", {}, el("tr", {}, ["", "fixed", "newly broken"].map((h) => el("th", {}, h)))), el("tbody", {}, labels)))));
  }
  if (curve) {
    const most = Math.max(...curve.map((p) => p.documents));
    content.push(el("div", { class: "columns squares" }, ["span", "link", "claim_core"].map((key) => square([{ points: curve.map((p) => [p.documents / most, p.scores[key], `${p.documents} articles: ${three(p.scores[key])}`]) }], { title: `${KEY[key]} by articles trained on`, xLabel: `share of ${most} articles`, yLabel: "F1", yFrom: 0.5 }))));
  }
  return part("comparison", "Against the model before, and with more articles", null, content);
}
