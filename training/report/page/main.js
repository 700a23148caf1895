// Puts the report together, and again when another set is chosen.

async function block(name) {
  const value = JSON.parse(byId(`data-${name}`).textContent);
  if (typeof value !== "string") return value;
  const bytes = Uint8Array.from(atob(value), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

let LAYER_OF = {};

/** Offsets count code points; JavaScript's strings count UTF-16 units. */
function toUnits(doc) {
  if (!/[\ud800-\udbff]/.test(doc.text)) return doc;
  const at = [0];
  for (const char of doc.text) at.push(at[at.length - 1] + char.length);
  const move = (s) => [at[s[0]], at[s[1]], ...s.slice(2)];
  const moveLink = (k) => [at[k[0]], at[k[1]], k[2], at[k[3]], at[k[4]]];
  doc.at = at;
  return { ...doc, gold: doc.gold.map(move), predicted: doc.predicted.map(move), gold_links: doc.gold_links.map(moveLink), predicted_links: doc.predicted_links.map(moveLink) };
}

function moveItem(item, at) {
  if (!item || !at) return item;
  if (item.head) return { head: moveItem(item.head, at), tail: moveItem(item.tail, at) };
  return [at[item[0]], at[item[1]], ...item.slice(2)];
}

async function start() {
  const all = await block("metrics"), texts = await block("texts");
  LAYER_OF = texts.layers;
  const moved = texts.documents.map(toUnits);
  for (const error of texts.errors) {
    const at = texts.documents[error.document].at;
    error.gold = moveItem(error.gold, at);
    error.predicted = moveItem(error.predicted, at);
  }
  texts.documents = moved;
  const sets = Object.keys(all.sets), chooser = byId("set");
  chooser.append(...sets.map((name) => el("option", { value: name }, name)));
  byId("set-field").hidden = sets.length < 2;
  byId("title").textContent = `Evaluation of ${all.name}`;
  byId("about").textContent = `model ${all.model}`;
  const show = () => {
    const name = chooser.value, found = all.sets[name];
    const parts = [verdictPart(all, found), scoresPart(found, all.human), labelsPart(found), slicesPart(found), trustPart(found), behaviourPart(found), eventsPart(all), comparisonPart(all)];
    if (name === sets[0]) parts.push(errorsPart(texts));
    else parts.push(part("errors", "Errors", `The articles of “${name}” are not part of this page. Their errors by label stand above.`));
    byId("main").replaceChildren(...parts.filter(Boolean));
    byId("contents").replaceChildren(...[...document.querySelectorAll("main > section")].map((s) => el("a", { href: `#${s.id}` }, s.querySelector("h2").textContent)));
    announce(`Report on ${name}`);
  };
  chooser.addEventListener("change", show);
  const dark = kept.get("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const paint = (theme) => {
    document.documentElement.dataset.theme = theme;
    byId("theme").textContent = theme === "dark" ? "Light" : "Dark";
  };
  byId("theme").addEventListener("click", () => {
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    kept.set("theme", next);
    paint(next);
  });
  paint(dark);
  show();
}

start().catch((error) => {
  byId("main").replaceChildren(el("p", { class: "failure" }, `The report cannot be shown: ${error.message}`));
});
