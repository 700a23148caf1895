// Range bars: from the lowest to the highest current figure, a mark for each figure, an arrow where it goes on.

/** A scale for whole numbers from 0: logarithmic (of 1 + n), or linear. */
function scaleTo(most, width, { linear = false, left = 8, right = 16 } = {}) {
  const reach = Math.max(most, 1);
  const room = width - left - right;
  const part = linear ? (n) => n / reach : (n) => Math.log1p(n) / Math.log1p(reach);
  return (n) => left + room * Math.min(part(Math.max(n, 0)), 1);
}

/** Where a log axis has ticks. */
function ticksTo(most) {
  return [0, 1, 3, 10, 30, 100, 300, 1000, 10000, 100000, 1000000].filter((tick) => tick <= most);
}

/** Round steps of a linear axis. */
function stepsTo(most) {
  const rough = Math.max(most, 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough));
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}

/** A mark of 8 pixels whose shape says who speaks. */
function mark(shape, x, y, set) {
  const r = 4;
  if (shape === "circle") return svg("circle", { cx: x, cy: y, r, ...set });
  if (shape === "square") return svg("rect", { x: x - 3.5, y: y - 3.5, width: 7, height: 7, ...set });
  const points = shape === "diamond" ? [[0, -5], [5, 0], [0, 5], [-5, 0]] : [[0, -4.6], [4.6, 3.6], [-4.6, 3.6]];
  return svg("polygon", { points: points.map(([a, b]) => `${x + a},${y + b}`).join(" "), ...set });
}

const shapeOf = (origins) => SHAPES[sheet.origins[origins[0]]?.kind] ?? "triangle";

/** An arrow that says: or more (`sign` 1), or fewer (-1). */
function arrow(x, y, sign, length = 9) {
  const end = x + sign * length;
  return svg("path", { class: "arrow", d: `M${x} ${y}H${end}m${-sign * 3.5} -3l${sign * 3.5} 3l${-sign * 3.5} 3` });
}

/** Figures that say the same stand above each other, three at most: the title of the bar names them all. */
function dodged(marks) {
  const levels = new Map();
  return marks.map((one) => {
    const key = `${one[0]}|${one[1]}`;
    const level = levels.get(key) ?? 0;
    levels.set(key, level + 1);
    return { one, shift: [0, -7, 7][level] ?? null };
  });
}

/** A figure on the scale at height `y`. */
function figureMark(min, max, shape, x, y, set) {
  if (min !== null && max !== null && min !== max) {
    return svg("g", set, svg("line", { x1: x(min), x2: x(max), y1: y, y2: y, class: "span" }),
      mark(shape, x(min), y, {}), mark(shape, x(max), y, {}));
  }
  const at = x(min ?? max);
  return svg("g", set, max === null && arrow(at + 4, y, 1), min === null && arrow(at - 4, y, -1), mark(shape, at, y, {}));
}

/** The bar of a row of the table. */
function rangeBar(range, tone, scale, width, height, ticks) {
  const y = height / 2;
  const parts = ticks.map((tick) => svg("line", { x1: scale(tick), x2: scale(tick), y1: 0, y2: height, class: "grid" }));
  if (range.low !== null && range.high !== null) {
    const [a, b] = [scale(range.low), scale(range.high)];
    parts.push(svg("rect", { x: a - 4, y: y - 5, width: b - a + 8, height: 10, rx: 5, class: "band" }));
    if (range.open) parts.push(arrow(b + 4, y, 1, 11));
  }
  const old = range.marks.filter((one) => one[3]);
  const current = range.marks.filter((one) => !one[3]);
  for (const one of old) parts.push(figureMark(one[0], one[1], shapeOf(one[2]), scale, y, { class: "old" }));
  for (const { one, shift } of dodged(current)) {
    if (shift !== null) parts.push(figureMark(one[0], one[1], shapeOf(one[2]), scale, y + shift, { class: "mark" }));
  }
  return svg("svg", { class: `bar ${tone}`, width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, parts);
}

const toneOf = (harm) => (harm.includes("killed") ? "killed" : harm.includes("injured") ? "injured" : "other");

/** What a bar says, for those who hear it and as its title. */
function barWords(range) {
  const names = (marks) => marks.map((one) => `${one[2].map((i) => sheet.origins[i].name).join(", ")}: ${span(one[0], one[1])}`);
  const current = names(range.marks.filter((one) => !one[3]));
  const old = names(range.marks.filter((one) => one[3]));
  const floor = range.floor ? " (at least the figure of a group among them)" : "";
  return `${span(range.low, range.high, range.open)} ${harmWords(range.harm)}, ${groupWords(range)}${floor}`
    + (current.length ? `. ${current.join("; ")}` : "") + (old.length ? `. Replaced: ${old.join("; ")}` : "");
}
