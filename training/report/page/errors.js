// The error browser: every wrong span, link and claim, in its article, gold and predicted side by side.

const WORDS = { incorrect: "wrong", partial: "borders", missed: "missed", spurious: "spurious" };
const HELD = 400;
const view = { rows: [], at: 0, filters: {} };

function pickErrors(key) {
  const [kind, label] = key.split("/");
  view.filters = { ...view.filters, kind, label, result: "" };
  for (const [name, input] of Object.entries(view.inputs)) if (name in view.filters) input.value = view.filters[name] ?? "";
  drawList();
}

function errorsPart(data) {
  view.data = data;
  const facts = new Map();
  for (const doc of data.documents) for (const [dimension, value] of Object.entries(doc.facts)) facts.set(`${dimension}: ${value}`, true);
  const options = (values, all) => [el("option", { value: "" }, all), ...values.map((v) => el("option", { value: v }, v))];
  const labels = [...new Set(data.errors.map((e) => e.label))].sort();
  const pick = (name, title, values, all) => {
    const input = el("select", { onchange: () => { view.filters[name] = input.value; drawList(); } }, options(values, all));
    view.inputs[name] = input;
    return el("label", { class: "field" }, el("span", {}, title), input);
  };
  view.inputs = {};
  const score = el("input", { type: "range", min: "0", max: "1", step: "0.05", value: "0", oninput: () => { view.filters.score = Number(score.value); drawList(); } });
  const search = el("input", { type: "search", placeholder: "words in the span", oninput: () => { view.filters.words = search.value.toLowerCase(); drawList(); } });
  const filters = el("form", { class: "filters", onsubmit: (e) => e.preventDefault() },
    pick("kind", "What", ["span", "link", "claim"], "spans, links, claims"), pick("result", "Kind of error", Object.keys(WORDS), "all"),
    pick("label", "Label", labels, "all"), pick("slice", "Slice", [...facts.keys()].sort(), "all articles"),
    el("label", { class: "field" }, el("span", {}, "Confidence at least"), score), el("label", { class: "field" }, el("span", {}, "Search"), search),
    el("p", { class: "sub", id: "errors-count", role: "status" }));
  view.list = el("ol", { class: "errors", "aria-label": "Errors" });
  view.sides = el("div", { class: "sides" });
  const browser = el("div", { class: "browser", onkeydown: step }, view.list, view.sides);
  const made = part("errors", "Errors", "Choose an error, or walk with j and k (or the arrow keys). Dashed: not the same on the other side. Machine-read, shown as text.", filters, browser);
  view.count = filters.lastChild;
  drawList();
  return made;
}

function step(event) {
  const move = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  if (!move) return;
  event.preventDefault();
  choose(Math.max(0, Math.min(view.rows.length - 1, view.at + move)), true);
}

function wordsOf(error) {
  const doc = view.data.documents[error.document];
  const item = error.gold ?? error.predicted;
  const cut = (span) => (span ? doc.text.slice(span[0], span[1]) : "");
  return error.kind === "link" ? `${cut(item.head)} → ${cut(item.tail)}` : cut(item);
}

function drawList() {
  const f = view.filters;
  view.rows = view.data.errors.filter((e) => (!f.kind || e.kind === f.kind) && (!f.result || e.result === f.result) && (!f.label || e.label === f.label || e.predicted_label === f.label)
    && (!f.score || (e.score ?? 0) >= f.score) && (!f.slice || Object.entries(view.data.documents[e.document].facts).some(([d, v]) => `${d}: ${v}` === f.slice)) && (!f.words || wordsOf(e).toLowerCase().includes(f.words)));
  view.count.textContent = `${view.rows.length} of ${view.data.errors.length} errors` + (view.rows.length > HELD ? `, the first ${HELD} listed` : "");
  view.list.replaceChildren(...view.rows.slice(0, HELD).map((e, n) => el("li", {}, el("button", { type: "button", onclick: () => choose(n) },
    el("span", { class: "tag" }, `${WORDS[e.result]} ${e.kind === "claim" ? "claim" : e.label}${e.result === "incorrect" && e.kind !== "claim" ? ` as ${e.predicted_label}` : ""}${e.why.length ? `: ${e.why.join(", ")}` : ""}`),
    el("br"), said(wordsOf(e).slice(0, 90)), e.score === null ? null : el("span", { class: "sub" }, ` ${e.score.toFixed(2)}`)))));
  if (view.rows.length) choose(0);
  else view.sides.replaceChildren(el("p", { class: "sub" }, "No such error."));
}

function choose(n, focus = false) {
  if (n >= HELD) return;
  view.list.children[view.at]?.firstChild.removeAttribute("aria-current");
  view.at = n;
  const chosen = view.list.children[n].firstChild;
  chosen.setAttribute("aria-current", "true");
  if (focus) chosen.focus();
  const error = view.rows[n], doc = view.data.documents[error.document];
  const told = `${doc.title || doc.id} – ${WORDS[error.result]} ${error.label}` + (error.why.length ? ` (${error.why.join(", ")})` : "");
  view.sides.replaceChildren(el("p", { class: "explain" }, el("strong", {}, said(told)), el("br"), linkWords(doc, error)),
    side("Gold", doc, doc.gold, doc.predicted, error.gold), side("Predicted", doc, doc.predicted, doc.gold, error.predicted));
  for (const mark of view.sides.querySelectorAll(".chosen")) mark.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
}

function linkWords(doc, error) {
  const figure = (item) => (item?.head ?? item) ?? null;
  const told = (name, links, item) => {
    const head = figure(item);
        const own = links.filter((k) => k[0] === head[0] && k[1] === head[1]).map((k) => `${k[2]} ${doc.text.slice(k[3], k[4])}`);
    return `${name}: ${own.length ? own.join("; ") : "no figure with links here"}.`;
  };
  if (error.kind === "span" && !["COUNT", "TOTAL"].includes(error.label)) return "";
  return [said(told("Gold", doc.gold_links, error.gold ?? error.predicted)), el("br"), said(told("Predicted", doc.predicted_links, error.predicted ?? error.gold))];
}

/** One side's text with its spans, nested as they are; crossing spans are cut at each other's borders. */
function side(title, doc, spans, others, chosen) {
  const same = new Set(others.map((s) => s.slice(0, 3).join()));
  const marked = chosen ? [chosen.head ?? chosen, chosen.tail].filter(Boolean) : [];
  const cuts = [...new Set([0, doc.text.length, ...spans.flatMap((s) => [s[0], s[1]])])].sort((a, b) => a - b);
  const box = el("div", { class: "text", dir: "auto" });
  for (let n = 0; n + 1 < cuts.length; n += 1) {
    const [from, to] = [cuts[n], cuts[n + 1]];
    const over = spans.filter((s) => s[0] <= from && to <= s[1]).sort((a, b) => b[1] - b[0] - (a[1] - a[0]));
    let node = document.createTextNode(doc.text.slice(from, to));
    for (const span of [...over].reverse()) {
      const wrong = !same.has(span.slice(0, 3).join());
      const picked = marked.some((m) => m[0] === span[0] && m[1] === span[1] && (m[2] === undefined || m[2] === span[2]));
      const name = span[1] === to ? el("i", {}, span[2]) : null;
      node = el("span", { class: `s ${LAYER_OF[span[2]]}${wrong ? " wrong" : " agreed"}${picked ? " chosen" : ""}`, title: `${span[2]}${span[3] === null || span[3] === undefined ? "" : ` ${span[3].toFixed(2)}`}` }, node, wrong || picked ? name : null);
    }
    box.append(node);
  }
  return el("div", { class: "side" }, el("h3", {}, title), box);
}
