// An article as it was given: the claim's sentence marked, the claim's words coloured by what they say.

const KIND_WORDS = { figure: "figure", victims: "victims", harm: "harm", means: "means", place: "place", date: "date", party: "party", denial: "denies", source: "source" };

function openArticle(claim) {
  change({ claim });
}

/** The pieces of a claim in its article: `{start, end, kind}`, in code points. */
function claimSpans(claim) {
  const piece = (one, kind) => (one && Number.isInteger(one.start) && Number.isInteger(one.end) ? [{ start: one.start, end: one.end, kind }] : []);
  return [
    ...piece(claim.evidence, "figure"), ...piece(claim.victims, "victims"),
    ...claim.harm_words.flatMap((one) => piece(one, "harm")), ...claim.means.flatMap((one) => piece(one, "means")),
    ...claim.places.flatMap((one) => piece(one, "place")), ...piece(claim.date, "date"),
    ...claim.responsible.flatMap((one) => piece(one, "party")), ...claim.denials.flatMap((one) => piece(one, "denial")),
    ...claim.sources.flatMap((one) => piece(one, "source")),
  ];
}

/** Slices by code points, as Python counts them. */
function slicer(text) {
  if (!/[\ud800-\udbff]/.test(text)) return { length: text.length, slice: (a, b) => text.slice(a, b) };
  const points = Array.from(text);
  return { length: points.length, slice: (a, b) => points.slice(a, b).join("") };
}

/** The text in pieces, each with the innermost span and the sentences that it lies in. */
function pieces(text, spans, sentences) {
  const { length, slice } = slicer(text);
  const edges = new Set([0, length]);
  for (const one of [...spans, ...sentences]) {
    edges.add(Math.max(0, Math.min(one.start, length)));
    edges.add(Math.max(0, Math.min(one.end, length)));
  }
  const sorted = [...edges].sort((a, b) => a - b);
  return sorted.slice(0, -1).map((start, i) => {
    const around = spans.filter((one) => one.start <= start && one.end > start).sort((a, b) => a.end - a.start - (b.end - b.start));
    return { words: slice(start, sorted[i + 1]), first: around[0]?.start === start, kind: around[0]?.kind ?? null,
      sentence: sentences.find((one) => one.start <= start && one.end > start) ?? null };
  });
}

async function showArticle(opened, id, box) {
  const { event, articles, row } = opened;
  const figure = event.figures.find((one) => one.claim === id);
  const shard = figure && articles[figure.document];
  const part = shard === undefined ? { articles: {}, claims: {} } : await readArticles(shard);
  const back = button(["Back to the event"], () => change({ claim: "" }), { class: "link back" });
  const claim = part.claims[id];
  const article = claim && part.articles[claim.document];
  const head = (title, ...more) => drawerHead(title, closeDrawer, ...more);
  if (!claim) {
    box.replaceChildren(head("Claim"), el("div", { class: "drawer-body" }, back, el("p", {}, "This sheet was written without this claim's article.")));
    return;
  }
  const out = linkOut(article.url, "Open where it was published");
  box.replaceChildren(
    head(said(article.title || article.id), el("p", { class: "lede" }, said(article.outlet ?? "outlet not known"), ` · ${dayWords(article.day)}`,
      out ? [" · ", out] : "", article.url && !out ? [" · ", said(article.url)] : ""), el("p", { class: "sub" }, `${sheet.note}`)),
    el("div", { class: "drawer-body" }, back, claimSummary(claim, row), el("p", { class: "legend", "aria-label": "What the colours say" },
      [...new Set(claimSpans(claim).map((one) => one.kind))].map((kind) => el("span", { class: `s s-${kind}` }, KIND_WORDS[kind]))),
      articleText(article, claim, event, part.claims), sameArticle(event, claim)));
  const mark = box.querySelector("mark.here");
  box.scrollTop = 0;
  mark?.scrollIntoView({ block: "center" });
}

/** What the machine read in the sentence, in words. */
function claimSummary(claim, row) {
  const facts = [
    ["Figure", [span(claim.count.min, claim.count.max), ` ${harmWords(claim.harm)} `, claim.count.share ? "(a share) " : "", `· ${claim.count.bound.replaceAll("_", " ")} · ${claim.scope} · ${claim.unit}`]],
    ["When", claim.date ? ["“", said(claim.date.text), "” → ", claim.date.first_day ? whenWords(claim.date) : "not resolved"] : null],
    ["Says who", claim.sources.flatMap((source, i) => [i ? "; " : "", said(source.name ?? source.text ?? "outlet not known"), source.role === "relay" ? " (passes it on)" : ""])],
  ];
  return el("dl", { class: "facts" }, facts.filter(([, value]) => value && value.length).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]),
    el("dt", {}, "Decide"), el("dd", {}, button("Review this claim", () => decide(claim.id, "claim", row), { class: "link" })));
}

function articleText(article, claim, event, claims) {
  if (article.text === null) {
    return el("div", { class: "article" }, el("mark", { class: "here" }, said(claim.evidence.sentence)), el("p", { class: "sub" }, "The sheet was written without the article itself."));
  }
  const sentences = event.figures.map((figure) => claims[figure.claim])
    .filter((other) => other && other.document === claim.document)
    .map((other) => ({ start: other.evidence.sentence_start, end: other.evidence.sentence_end, id: other.id }))
    .sort((a, b) => (b.id === claim.id) - (a.id === claim.id));
  const content = [];
  let open = null;
  for (const piece of pieces(article.text, claimSpans(claim), sentences)) {
    const words = piece.kind ? el("span", { class: `s s-${piece.kind}`, "data-kind": piece.first ? KIND_WORDS[piece.kind] : null }, piece.words) : piece.words;
    if (piece.sentence !== open?.sentence) open = null;
    if (!piece.sentence) content.push(words);
    else {
      if (!open) content.push((open = { sentence: piece.sentence, node: el("mark", { class: piece.sentence.id === claim.id ? "here" : "other" }) }).node);
      open.node.append(words);
    }
  }
  const language = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(article.language ?? "") ? article.language : null;
  return el("div", { class: "article", dir: "auto", lang: language, id: "article" }, content);
}

/** Other figures of the event in the same article. */
function sameArticle(event, claim) {
  const others = event.figures.filter((figure) => figure.document === claim.document && figure.claim !== claim.id);
  return others.length > 0 && el("p", { class: "sub" }, "Other figures of this event here: ", others.map((figure, i) => [i ? ", " : "", button(["“", said(figure.words), "”"], () => openArticle(figure.claim), { class: "link" })]).flat());
}
