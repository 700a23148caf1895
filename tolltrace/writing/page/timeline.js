// Events over time as stacked bars; dragging over them sets the dates. The date fields do the same from the keyboard.

const DAY = 864e5;
const BIN_NAMES = { day: "a day", week: "a week", month: "a month", quarter: "a quarter", year: "a year" };
const MONTHS = { month: 1, quarter: 3, year: 12 };
const TONES = ["killed", "injured", "other"];
const TALL = 96;
const FOOT = 18;

const line = { bins: [], unit: "day", width: 0, drag: null };

/** The start of the bin that holds a time. */
function binStart(at, unit) {
  const date = new Date(at);
  if (unit === "day") return Math.floor(at / DAY) * DAY;
  if (unit === "week") return (Math.floor((Math.floor(at / DAY) + 3) / 7) * 7 - 3) * DAY;
  const months = MONTHS[unit];
  return Date.UTC(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / months) * months, 1);
}

function nextBin(start, unit) {
  if (unit === "day") return start + DAY;
  if (unit === "week") return start + 7 * DAY;
  const date = new Date(start);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + MONTHS[unit], 1);
}

/** The finest unit that gives bars of 4 pixels at least. */
function unitFor(from, to, width) {
  const most = Math.max(width / 5, 20);
  const days = { day: 1, week: 7, month: 30, quarter: 91, year: 365 };
  return Object.keys(days).find((unit) => (to - from) / DAY / days[unit] <= most) ?? "year";
}

function refreshTimeline() {
  const box = byId("timeline");
  const width = Math.max(box.clientWidth - 32, 200);
  const dated = sheet.rows.filter((row) => row.from !== null);
  const undated = shown.withoutBox.filter((row) => row.from === null).length
    || shown.withoutDates.filter((row) => row.from === null).length;
  if (!dated.length) {
    box.replaceChildren(el("p", { class: "sub" }, "No event has a date."));
    return;
  }
  const from = dated.reduce((least, row) => Math.min(least, row.from), Infinity);
  const to = dated.reduce((most, row) => Math.max(most, row.from), -Infinity);
  line.unit = unitFor(from, to, width);
  line.width = width;
  line.bins = fillBins(from, to);
  const coarse = { day: ["month", "year", "period"], week: ["month", "year", "period"], month: ["year", "period"] }[line.unit] ?? [];
  const vague = shown.rows.filter((row) => coarse.includes(row.precision)).length;
  box.replaceChildren(
    el("div", { class: "timeline-head" },
      el("strong", {}, `Events ${BIN_NAMES[line.unit].replace("a ", "per ")}`),
      el("span", { class: "sub" }, (state.from || state.to) ? `${state.from ? dayWords(state.from) : "the start"} – ${state.to ? dayWords(state.to) : "the end"}` : "drag to choose dates"),
      vague > 0 && el("span", { class: "sub" }, `${number(vague)} dated no closer, at their first day`),
      (state.from || state.to) && button("All dates", () => change({ from: "", to: "" }), { class: "quiet" }),
      undated > 0 && button(`${plural(undated, "event")} without a date`, () => change({ undated: !state.undated, from: "", to: "" }), { class: "quiet", "aria-pressed": String(state.undated) })),
    drawTimeline(width));
}

/** How many events of each tone start in each bin, among those that pass all filters but the dates. */
function fillBins(from, to) {
  const bins = [];
  const at = new Map();
  for (let start = binStart(from, line.unit); start <= to; start = nextBin(start, line.unit)) {
    at.set(start, bins.length);
    bins.push({ start, end: nextBin(start, line.unit), killed: 0, injured: 0, other: 0, total: 0 });
  }
  for (const row of shown.withoutDates) {
    if (row.from === null) continue;
    const bin = bins[at.get(binStart(row.from, line.unit))];
    bin[row.tone] += 1;
    bin.total += 1;
  }
  return bins;
}

function drawTimeline(width) {
  const { bins } = line;
  const step = width / bins.length;
  const most = Math.max(...bins.map((bin) => bin.total), 1);
  const [from, to] = [time(state.from) ?? -Infinity, time(state.to) ?? Infinity];
  const bars = bins.flatMap((bin, i) => {
    let y = TALL;
    const out = bin.end - DAY < from || bin.start > to;
    const parts = TONES.filter((tone) => bin[tone]).map((tone) => {
      const height = (bin[tone] / most) * (TALL - 12);
      y -= height;
      return svg("rect", { x: i * step + 0.5, y, width: Math.max(step - 1, 1), height, class: `t-${tone}${out ? " out" : ""}` });
    });
    if (parts.length) parts[0].append(svg("title", {}, `${dayWords(new Date(bin.start).toISOString().slice(0, 10))}: ${plural(bin.total, "event")}`));
    return parts;
  });
  const words = `${plural(shown.withoutDates.length, "event")} over time, at most ${number(most)} in ${BIN_NAMES[line.unit]}. Use the fields From and To to choose dates.`;
  const drawing = svg("svg", { width, height: TALL + FOOT, viewBox: `0 0 ${width} ${TALL + FOOT}`, role: "img", "aria-label": words },
    svg("line", { x1: 0, x2: width, y1: 12, y2: 12, class: "grid" }), svg("text", { x: width, y: 9, "text-anchor": "end" }, String(most)),
    bars, svg("line", { x1: 0, x2: width, y1: TALL + 0.5, y2: TALL + 0.5, class: "base" }), timeTicks(width, step), brushShade(step, from, to));
  drawing.addEventListener("pointerdown", (event) => startBrush(event, drawing, step));
  return drawing;
}

/** Names of years, or of months where there are few. */
function timeTicks(width, step) {
  const { bins } = line;
  const long = bins.at(-1).end - bins[0].start > 3 * 365 * DAY;
  let last = -Infinity;
  return bins.flatMap((bin, i) => {
    const date = new Date(bin.start);
    const before = i ? new Date(bins[i - 1].start) : null;
    const fresh = !before || (long ? date.getUTCFullYear() !== before.getUTCFullYear() : date.getUTCMonth() !== before.getUTCMonth());
    const x = i * step;
    if (!fresh || x - last < 58 || x > width - 56) return [];
    last = x;
    const label = long ? String(date.getUTCFullYear()) : monthForm.format(bin.start);
    return [svg("line", { x1: x + 0.5, x2: x + 0.5, y1: TALL, y2: TALL + 5, class: "base" }), svg("text", { x: x + 3, y: TALL + 13 }, label)];
  });
}

function brushShade(step, from, to) {
  if (from === -Infinity && to === Infinity) return null;
  const inside = line.bins.map((bin, i) => [bin, i]).filter(([bin]) => bin.end - DAY >= from && bin.start <= to).map(([, i]) => i);
  if (!inside.length) return null;
  return svg("rect", { class: "brush", x: inside[0] * step, y: 2, width: (inside.at(-1) - inside[0] + 1) * step, height: TALL - 2, rx: 2 });
}

/** Dragging sets the dates when the pointer is let go; a press on one bar chooses that bar. */
function startBrush(event, drawing, step) {
  if (event.button !== 0) return;
  const left = drawing.getBoundingClientRect().left;
  const bin = (x) => Math.max(0, Math.min(Math.floor((x - left) / step), line.bins.length - 1));
  const first = bin(event.clientX);
  const shade = svg("rect", { class: "brush", y: 2, height: TALL - 2, rx: 2 });
  drawing.querySelector(".brush")?.remove();
  drawing.append(shade);
  drawing.setPointerCapture(event.pointerId);
  const move = (to) => {
    const [a, b] = [Math.min(first, to), Math.max(first, to)];
    shade.setAttribute("x", a * step);
    shade.setAttribute("width", (b - a + 1) * step);
    return [a, b];
  };
  move(first);
  drawing.addEventListener("pointermove", (later) => move(bin(later.clientX)));
  drawing.addEventListener("pointerup", (later) => {
    const [a, b] = move(bin(later.clientX));
    const day = (at) => new Date(at).toISOString().slice(0, 10);
    change({ from: day(line.bins[a].start), to: day(line.bins[b].end - DAY), undated: false });
    refreshTimeline();
  }, { once: true });
}
