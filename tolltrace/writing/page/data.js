// Reading the blocks of data that stand in the page.

const loaded = new Map();

/** The value of a block, once read kept. Rejects, in words, where the browser cannot unpack it. */
function block(name) {
  if (!loaded.has(name)) loaded.set(name, read(name));
  return loaded.get(name);
}

async function read(name) {
  const node = byId(`data-${name}`);
  if (!node) throw new Error(`This page holds no data named ${name}: it was cut short.`);
  const value = JSON.parse(node.textContent);
  return typeof value === "string" ? JSON.parse(await unpack(value)) : value;
}

/** Text from gzip in base 64. */
async function unpack(packed) {
  if (typeof DecompressionStream === "undefined") {
    throw new Error("This browser is too old to open a sheet of this size: it lacks DecompressionStream.");
  }
  const stream = new Blob([bytes(packed)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

function bytes(packed) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(packed);
  const text = atob(packed);
  const found = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) found[i] = text.charCodeAt(i);
  return found;
}

/** What table, map and timeline show; filled once by `readIndex`. */
const sheet = { counts: {}, origins: [], rows: [], byId: new Map(), key: "" };

async function readIndex() {
  const index = await block("index");
  Object.assign(sheet, { note: index.note, counts: index.counts, origins: index.origins, rows: index.rows });
  for (const row of sheet.rows) prepare(row);
  sheet.key = `${sheet.rows.length}.${sheet.counts.claims}.${sheet.rows[0]?.id ?? ""}.${sheet.rows[0]?.seen ?? ""}`;
}

/** What is asked of each row again and again, worked out once. */
function prepare(row) {
  sheet.byId.set(row.id, row);
  row.place = row.places.find((place) => place.lat !== null && place.lon !== null && !place.wider)
    ?? row.places.find((place) => place.lat !== null && place.lon !== null) ?? null;
  row.named = row.places[0] ?? null;
  row.country = row.places.find((place) => place.country)?.country ?? null;
  row.harms = HARMS.filter((harm) => row.ranges.some((range) => range.harm.includes(harm)));
  row.from = time(row.first);
  row.to = time(row.last) ?? row.from;
  row.main = mainRange(row, row.harms);
  row.killed = row.harms.includes("killed") ? mainRange(row, ["killed"]).low ?? 0 : 0;
  row.tone = row.killed > 0 || row.harms[0] === "killed" ? "killed" : row.harms[0] === "injured" ? "injured" : "other";
  row.placeText = fold(row.places.map((p) => `${p.name} ${p.province ?? ""} ${countryWords(p.country)} ${p.country ?? ""}`).join(" | "));
  row.partyText = fold([...row.blamed.map((blame) => blame.party), ...row.denied].join(" | "));
  row.sourceText = fold(row.origins.map((i) => sheet.origins[i].name).join(" | "));
  row.text = [fold(`${row.title} ${row.id}`), row.placeText, row.partyText, row.sourceText,
    fold(row.ranges.map((range) => range.victims ?? "").join(" "))].join(" | ");
}

/** The range that stands for an event: the gravest harm asked for, of all victims where there is one. */
function mainRange(row, harms) {
  const rank = (range) => {
    const at = Math.min(...range.harm.map((harm) => harms.indexOf(harm)).filter((i) => i >= 0), 99);
    return at * 100 + GROUPS.indexOf(range.group) + (range.marks.length ? 0 : 10);
  };
  return [...row.ranges].sort((a, b) => rank(a) - rank(b))[0] ?? null;
}

/** The sentences of the events for the search, folded; they come when the search is first used. */
async function readSentences() {
  const sentences = await block("sentences");
  sheet.rows.forEach((row, i) => (row.sentences ??= fold(sentences[i])));
}

/** An event whole, and in which shard each of its articles stands. */
async function readEvent(id) {
  const part = await block(`events-${sheet.byId.get(id).shard}`);
  return { event: part.events[id], articles: part.articles };
}

/** Articles and claims of one shard. */
const readArticles = (shard) => block(`articles-${shard}`);
