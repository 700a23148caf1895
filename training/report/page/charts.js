// Charts as SVG, drawn from the figures; each has a table or a title with the same figures in words.

const percent = (x, digits = 0) => `${(100 * x).toFixed(digits)} %`;
const three = (x) => (x === null || x === undefined || Number.isNaN(x) ? "–" : x.toFixed(3));

/** Rows of F1 with their intervals; `others`: values of baselines, drawn as dots. Rows: {name, value, low, high, quiet,
 * mark, others, title}. */
function bars(rows, { width = 560, left = 190, from = 0, to = 1, names = [], label = "", percentages = false } = {}) {
  const line = 22, top = 6, height = top + rows.length * line + 24;
  const x = (value) => left + ((Math.max(from, Math.min(to, value)) - from) / (to - from)) * (width - left - 62);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((t) => from + t * (to - from));
  const drawn = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, role: "img", "aria-label": label });
  for (const t of ticks) {
    drawn.append(
      svg("line", { x1: x(t), x2: x(t), y1: top, y2: height - 20, class: "grid" }),
      svg("text", { x: x(t), y: height - 6, "text-anchor": "middle", class: "muted" }, percentages ? percent(t) : t.toFixed(2)),
    );
  }
  rows.forEach((row, n) => {
    const y = top + n * line;
    const group = svg("g", {}, svg("title", {}, row.title ?? `${row.name}: ${three(row.value)} (${three(row.low)} to ${three(row.high)})`));
    group.append(
      svg("text", { x: left - 8, y: y + 15, "text-anchor": "end", class: row.quiet ? "muted" : null }, row.name),
      svg("rect", { x: left, y: y + 4, width: Math.max(0, x(row.value) - left), height: line - 9, rx: 2, class: row.quiet ? "quiet" : "bar" }),
    );
    if (row.low !== undefined && row.low !== null) {
      group.append(svg("path", { d: `M${x(row.low)} ${y + 10.5}H${x(row.high)}M${x(row.low)} ${y + 7}v7M${x(row.high)} ${y + 7}v7`, class: "interval" }));
    }
    (row.others ?? []).forEach((value, k) => {
      if (value !== null && value !== undefined) {
        group.append(svg("circle", { cx: x(value), cy: y + 10.5, r: 4, class: `o${k + 1}` }, svg("title", {}, `${row.name}, ${names[k]}: ${three(value)}`)));
      }
    });
    group.append(svg("text", { x: width - 54, y: y + 15, class: row.mark ? "differs" : row.quiet ? "muted" : null }, (percentages ? percent(row.value, 1) : three(row.value)) + (row.mark ? ` ${row.mark}` : "")));
    drawn.append(group);
  });
  return drawn;
}

function legend(names) {
  return el("p", { class: "legend" }, el("span", {}, el("span", { class: "key" }), "this model, with its 95 % interval"),
    names.map((name, k) => el("span", {}, el("span", { class: `key o${k + 1}` }), name)));
}

/** A square plot of curves over [0, 1]²; curves: {points: [[x, y, title]], before}. */
function square(curves, { title, xLabel, yLabel, diagonal = false, size = 300, yFrom = 0 }) {
  const left = 46, bottom = 40, top = 10, inner = size - left - 12;
  const height = top + inner + bottom;
  const x = (v) => left + v * inner, y = (v) => top + (1 - (v - yFrom) / (1 - yFrom)) * inner;
  const drawn = svg("svg", { viewBox: `0 0 ${size} ${height}`, width: size, role: "img", "aria-label": title });
  for (const t of [0, 0.25, 0.5, 0.75, 1]) {
    const v = yFrom + t * (1 - yFrom);
    drawn.append(
      svg("line", { x1: x(0), x2: x(1), y1: y(v), y2: y(v), class: "grid" }),
      svg("text", { x: left - 6, y: y(v) + 4, "text-anchor": "end", class: "muted" }, v.toFixed(2)),
      svg("text", { x: x(t), y: height - 22, "text-anchor": "middle", class: "muted" }, t.toFixed(2)),
    );
  }
  if (diagonal) drawn.append(svg("line", { x1: x(0), y1: y(0), x2: x(1), y2: y(1), class: "axis" }));
  for (const curve of curves) {
    const path = curve.points.map(([a, b], n) => `${n ? "L" : "M"}${x(a).toFixed(1)} ${y(Math.max(yFrom, b)).toFixed(1)}`).join("");
    drawn.append(svg("path", { d: path, class: curve.before ? "line before" : "line" }));
    if (!curve.before) {
      for (const [a, b, words] of curve.points) drawn.append(svg("circle", { cx: x(a), cy: y(Math.max(yFrom, b)), r: 3.4, class: "bar" }, svg("title", {}, words)));
    }
  }
  drawn.append(
    svg("text", { x: x(0.5), y: height - 4, "text-anchor": "middle", class: "muted" }, xLabel),
    svg("text", { x: 0, y: 0, transform: `translate(11 ${y(yFrom + (1 - yFrom) / 2)}) rotate(-90)`, "text-anchor": "middle", class: "muted" }, yLabel),
  );
  return el("figure", {}, el("h3", {}, title), drawn);
}

/** A table whose cells are tinted by their share of the row. */
function heat(table, name) {
  const columns = [...new Set(Object.values(table).flatMap((row) => Object.keys(row)))];
  const order = Object.keys(table).filter((key) => key !== "nothing");
  const heads = [...order.filter((key) => columns.includes(key)), ...columns.filter((key) => !order.includes(key))];
  const drawn = el("table", { class: "heat", "aria-label": name },
    el("thead", {}, el("tr", {}, el("th", {}, "gold ↓, predicted →"), heads.map((head) => el("th", { class: "turned" }, head)))));
  const body = el("tbody");
  for (const [label, row] of Object.entries(table)) {
    const sum = Object.values(row).reduce((a, b) => a + b, 0);
    body.append(el("tr", {}, el("th", { scope: "row" }, label), heads.map((head) => {
      const count = row[head] ?? 0;
      const cell = el("td", { title: `${label} read as ${head}: ${count} of ${sum}` }, count || "");
      if (count) cell.style.setProperty("background", `rgb(var(--heat) / ${(0.06 + 0.5 * (count / sum)).toFixed(2)})`);
      return cell;
    })));
  }
  drawn.append(body);
  return el("div", { class: "wide", tabindex: "0" }, drawn);
}
