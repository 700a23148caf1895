// Events on the map: dots where the place is known, areas of honest size where it is not. Never pins.

/** Radius in metres of what the gazetteer's coordinates stand for. */
const REACH = { near: 10_000, district: 25_000, province: 80_000 };
const CELL = 46; // pixels within which dots become one badge
const LOOSE = 60; // so few dots in sight stay single
const SMALL_AREA = 16; // pixels below which an area counts in the badges
const LISTED = 200;

const chart = { map: null, canvas: null, groups: [], countries: new Map(), items: [], hover: null, tip: null, fitted: false, moving: false };

async function buildMap() {
  const map = L.map("map", {
    zoomControl: false, attributionControl: false, minZoom: 1, maxZoom: 11, zoomSnap: 0.5, worldCopyJump: false,
    maxBounds: [[-85, -220], [85, 220]], zoomAnimation: !calm(), fadeAnimation: !calm(), inertia: !calm(),
  }).setView([25, 30], 3);
  chart.map = map;
  L.control.zoom({ position: "topright" }).addTo(map);
  byId("map").setAttribute("aria-label", "Map of the events. Arrow keys move it, plus and minus zoom, Enter lists the events in sight.");
  byId("map").setAttribute("role", "application");
  chart.canvas = el("canvas", { class: "dots", "aria-hidden": "true" });
  chart.tip = el("div", { class: "tip", hidden: true });
  byId("map").append(chart.canvas, chart.tip);
  map.on("move zoomend resize viewreset", drawMap);
  map.on("zoomanim", () => chart.canvas.classList.add("away"));
  map.on("zoomend", () => chart.canvas.classList.remove("away"));
  map.on("mousemove", (event) => point(event.containerPoint));
  map.on("mouseout", () => point(null));
  map.on("click", (event) => press(event.containerPoint));
  byId("map").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === byId("map")) listInSight();
  });
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(byId("map"));
  groupPlaces();
  fitMap();
  await addWorld(map);
  colourWorld(chart.countries);
  drawMap();
}

/** Events that share a point of the map. */
function groupPlaces() {
  const groups = new Map();
  chart.countries = new Map();
  for (const row of shown.withoutBox) {
    const place = row.place;
    if (!place) continue;
    if (place.precision === "country" && place.country) {
      if (!chart.countries.has(place.country)) chart.countries.set(place.country, []);
      chart.countries.get(place.country).push(row);
      continue;
    }
    const area = place.precision === "district" || place.precision === "province" ? place.precision : "";
    const key = `${place.lat.toFixed(3)}|${place.lon.toFixed(3)}|${area}`;
    if (!groups.has(key)) groups.set(key, { at: L.latLng(place.lat, place.lon), area, rows: [] });
    groups.get(key).rows.push(row);
  }
  chart.groups = [...groups.values()].sort((a, b) => (REACH[b.area] ?? 0) - (REACH[a.area] ?? 0));
}

function fitMap() {
  const points = chart.groups.map((group) => group.at);
  for (const [code, rows] of chart.countries) points.push(countryPoint(code, rows));
  if (points.length) chart.map.fitBounds(L.latLngBounds(points), { padding: [36, 36], maxZoom: chart.groups.length ? 8 : 5, animate: false });
}

/** Where a country's number stands: at its name. */
function countryPoint(code, rows) {
  return world.names.find((name) => name.code === code)?.at ?? L.latLng(rows[0].place.lat, rows[0].place.lon);
}

/** New rows or another theme. */
function refreshMap() {
  if (!chart.map) return;
  groupPlaces();
  colourWorld(chart.countries);
  drawMap();
  showKey();
}

/** Move the map where nothing that passes the filters is in sight. */
function bringIntoSight() {
  if (!chart.map || state.box || !chart.groups.length) return;
  const bounds = chart.map.getBounds();
  if (!chart.groups.some((group) => bounds.contains(group.at))) fitMap();
}

function drawMap() {
  const size = chart.map.getSize();
  const ratio = devicePixelRatio || 1;
  if (chart.canvas.width !== size.x * ratio || chart.canvas.height !== size.y * ratio) {
    chart.canvas.width = size.x * ratio;
    chart.canvas.height = size.y * ratio;
    chart.canvas.style.setProperty("width", `${size.x}px`);
    chart.canvas.style.setProperty("height", `${size.y}px`);
  }
  const context = chart.canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.x, size.y);
  chart.tones = Object.fromEntries(["killed", "injured", "other", "paper", "ink", "accent"].map((name) => [name, colour(name)]));
  chart.items = layOut(size);
  drawNames(context, chart.map, chart.items.filter((item) => item.kind !== "area").map((i) => [i.x - i.r, i.y - i.r, i.x + i.r, i.y + i.r]));
  for (const item of chart.items) DRAW[item.kind](context, item);
}

/** What is drawn where, in pixels, areas first. */
function layOut(size) {
  const seen = chart.groups.map((group) => ({ ...group, ...pixels(group.at) }))
    .filter(({ x, y }) => x > -80 && y > -80 && x < size.x + 80 && y < size.y + 80);
  for (const group of seen) group.r = group.area ? Math.max(reachInPixels(group.at, group.area), 7) : 0;
  const many = seen.reduce((sum, group) => sum + group.rows.length, 0) > LOOSE;
  const small = (group) => !group.area || (many && group.r < SMALL_AREA);
  const areas = seen.filter((group) => !small(group)).map((group) => ({ ...group, kind: "area" }));
  const single = dots(seen.filter(small), many);
  const places = [];
  for (const [code, rows] of chart.countries) {
    const label = countryPoint(code, rows);
    const spot = freeSpot(pixels(label), [...single, ...places]);
    if (spot) places.push({ kind: "country", code, rows, r: 11, at: label, ...spot });
  }
  return [...areas, ...single, ...places];
}

/** Below the country's name, or beside what lies there already; none where all is full until one zooms in. */
function freeSpot({ x, y }, taken) {
  const spots = [[0, 16], [0, -16], [34, 0], [-34, 0], [0, 38], [0, -38], [40, 26], [-40, 26], [40, -26], [-40, -26]].map(([a, b]) => ({ x: x + a, y: y + b }));
  return spots.find((spot) => taken.every((item) => Math.hypot(item.x - spot.x, item.y - spot.y) > item.r + 15)) ?? (chart.map.getZoom() < 5 ? null : spots[0]);
}

const pixels = (at) => {
  const { x, y } = chart.map.latLngToContainerPoint(at);
  return { x, y };
};

function reachInPixels(at, area) {
  const metresAPixel = (40_075_016 * Math.cos((at.lat * Math.PI) / 180)) / (256 * 2 ** chart.map.getZoom());
  return REACH[area] / metresAPixel;
}

/** Single dots where there is room, badges with the number of events elsewhere. */
function dots(groups, many) {
  const spread = (group) => !group.area && group.rows.length <= 24 && (!many || chart.map.getZoom() >= 8);
  const clusters = many ? cluster(groups) : groups.map((group) => ({ members: [group], rows: group.rows, x: group.x, y: group.y }));
  return clusters.flatMap(({ members, rows, x, y }) => {
    if (members.length === 1 && members[0].area) return [{ ...members[0], kind: "area" }];
    if (members.length === 1 && (rows.length === 1 || spread(members[0]))) return spiral(rows, members[0]);
    return [{ kind: "badge", rows, x, y, r: badgeRadius(rows.length), at: members.map((group) => group.at) }];
  }).sort((a, b) => b.r - a.r);
}

const badgeRadius = (n) => (n === 1 ? 7 : 10 + Math.min(1.9 * Math.log2(n), 18));

/** Groups by the cell they lie in, then those that would still lie over each other, the largest first. */
function cluster(groups) {
  const cells = new Map();
  for (const group of groups) {
    const key = `${Math.floor(group.x / CELL)}|${Math.floor(group.y / CELL)}`;
    if (!cells.has(key)) cells.set(key, { members: [], rows: [], x: 0, y: 0 });
    join(cells.get(key), { members: [group], rows: group.rows, x: group.x, y: group.y });
  }
  let clusters = [...cells.values()];
  for (let before = Infinity; clusters.length < before; ) {
    before = clusters.length;
    clusters = merge(clusters);
  }
  return clusters;
}

function merge(clusters) {
  const apart = [];
  for (const one of [...clusters].sort((a, b) => b.rows.length - a.rows.length)) {
    const over = apart.find((other) => Math.hypot(other.x - one.x, other.y - one.y) < badgeRadius(other.rows.length) + badgeRadius(one.rows.length));
    if (over) join(over, one);
    else apart.push(one);
  }
  return apart;
}

/** Take another cluster in; the middle lies where most events are. */
function join(cluster, other) {
  const [n, m] = [cluster.rows.length, other.rows.length];
  cluster.x = (cluster.x * n + other.x * m) / (n + m);
  cluster.y = (cluster.y * n + other.y * m) / (n + m);
  cluster.members.push(...other.members);
  cluster.rows = [...cluster.rows, ...other.rows];
}

/** The area of a dot grows with the least number killed. */
const radius = (row) => 4 + Math.min(Math.sqrt(row.killed) * 1.25, 18);

function dot(row, { x, y, at }) {
  return { kind: row.place.precision === "near" ? "near" : "dot", rows: [row], row, x, y, r: radius(row), at };
}

/** Events of one point side by side, around it. */
function spiral(rows, { x, y, at }) {
  if (rows.length === 1) return [dot(rows[0], { x, y, at })];
  return [...rows].sort((a, b) => b.killed - a.killed).map((row, i) => {
    const far = 9 * Math.sqrt(i + 0.3);
    const turn = i * 2.39996;
    return { ...dot(row, { x: x + far * Math.cos(turn), y: y + far * Math.sin(turn), at }), r: Math.min(radius(row), 9) };
  });
}

const DRAW = {
  area(context, { x, y, r, rows }) {
    const tone = chart.tones[rows.some((row) => row.tone === "killed") ? "killed" : rows[0].tone];
    circle(context, x, y, r);
    context.globalAlpha = Math.min(0.12 + 0.02 * rows.length, 0.28);
    context.fillStyle = tone;
    context.fill();
    context.globalAlpha = isOpen(rows) ? 1 : 0.75;
    context.setLineDash([4, 3]);
    stroke(context, tone, isOpen(rows) ? 2.5 : 1);
    context.setLineDash([]);
    context.globalAlpha = 1;
    if (rows.length > 1 && r > 11) count(context, x, y, rows.length, chart.tones.ink);
  },
  country(context, { x, y, r, rows }) {
    context.beginPath();
    context.roundRect(x - 16, y - r + 2, 32, 2 * r - 4, 6);
    context.fillStyle = chart.tones.paper;
    context.fill();
    context.setLineDash([3, 2]);
    stroke(context, isOpen(rows) ? chart.tones.accent : chart.tones.killed, isOpen(rows) ? 2.5 : 1);
    context.setLineDash([]);
    count(context, x, y, rows.length, chart.tones.ink);
  },
  dot(context, { x, y, r, row, rows }) {
    halo(context, x, y, r, rows);
    circle(context, x, y, r);
    context.globalAlpha = 0.78;
    context.fillStyle = chart.tones[row.tone];
    context.fill();
    context.globalAlpha = 1;
    stroke(context, chart.tones.paper, 1.25);
  },
  near(context, { x, y, r, row, rows }) {
    halo(context, x, y, r, rows);
    const glow = context.createRadialGradient(x, y, r * 0.4, x, y, r + 7);
    glow.addColorStop(0, `${chart.tones[row.tone]}66`);
    glow.addColorStop(1, `${chart.tones[row.tone]}00`);
    circle(context, x, y, r + 7);
    context.fillStyle = glow;
    context.fill();
    circle(context, x, y, r);
    stroke(context, chart.tones[row.tone], 1.75);
  },
  badge(context, { x, y, r, rows }) {
    halo(context, x, y, r, rows);
    circle(context, x, y, r);
    context.fillStyle = chart.tones.paper;
    context.fill();
    let from = -Math.PI / 2;
    for (const tone of ["killed", "injured", "other"]) {
      const to = from + (2 * Math.PI * rows.filter((row) => row.tone === tone).length) / rows.length;
      context.beginPath();
      context.arc(x, y, r - 1.75, from, to);
      stroke(context, chart.tones[tone], 3.5);
      from = to;
    }
    count(context, x, y, rows.length, chart.tones.ink);
  },
};

function circle(context, x, y, r) {
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
}

function stroke(context, style, width) {
  context.strokeStyle = style;
  context.lineWidth = width;
  context.stroke();
}

function count(context, x, y, n, style) {
  context.font = `700 11px ${colour("sans")}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = style;
  context.fillText(number(n), x, y + 0.5);
}

const isOpen = (rows) => rows.some((row) => row.id === state.event || row === chart.hover);

function halo(context, x, y, r, rows) {
  if (!isOpen(rows)) return;
  circle(context, x, y, r + 4);
  stroke(context, chart.tones.accent, 3);
}

/** What lies under a point: the uppermost that is hit, dots before areas. */
function hit({ x, y }) {
  const inside = (item) => Math.hypot(item.x - x, item.y - y) <= item.r + (item.kind === "area" ? 0 : 4);
  const found = chart.items.filter(inside);
  return found.filter((item) => item.kind !== "area").at(-1) ?? found.sort((a, b) => a.r - b.r)[0] ?? null;
}

function point(at) {
  const item = at && hit(at);
  byId("map").classList.toggle("over", Boolean(item));
  chart.tip.hidden = !item;
  if (!item) return;
  const { rows } = item;
  const lines = rows.length === 1
    ? [el("strong", {}, said(rows[0].title)), el("span", {}, whenWords(rows[0])), rows[0].main && el("span", {}, `${span(rows[0].main.low, rows[0].main.high, rows[0].main.open)} ${harmWords(rows[0].main.harm)}`)]
    : [el("strong", {}, plural(rows.length, "event")), el("span", {}, "Press to see them")];
  if (item.kind !== "badge") lines.push(el("em", {}, PRECISION[rows[0].place.precision] ?? "precision not known"));
  chart.tip.replaceChildren(...lines.filter(Boolean));
  const size = chart.map.getSize();
  chart.tip.style.setProperty("left", `${Math.min(item.x + 14, size.x - 240)}px`);
  chart.tip.style.setProperty("top", `${Math.max(4, Math.min(item.y + 12, size.y - 80))}px`);
}

function press(at) {
  const item = hit(at);
  if (!item) return;
  if (item.rows.length === 1) return openEvent(item.rows[0].id);
  if (item.kind === "badge" && chart.map.getZoom() < 10) {
    const bounds = L.latLngBounds(item.at);
    if (chart.map.getBoundsZoom(bounds) > chart.map.getZoom()) {
      const zoom = Math.min(Math.max(chart.map.getBoundsZoom(bounds, false, L.point(60, 60)), chart.map.getZoom() + 1), 10);
      return chart.map.setView(bounds.getCenter(), zoom, { animate: !calm() });
    }
  }
  listEvents(item.rows, chart.map.containerPointToLatLng([item.x, item.y]));
}

/** A list of events as a popup of the map, for a point that holds several. */
function listEvents(rows, at) {
  const order = [...rows].sort((a, b) => (b.from ?? 0) - (a.from ?? 0));
  const list = el("ul", { class: "picks" }, order.slice(0, LISTED).map((row) => el("li", {}, button([el("span", { class: "sub" }, whenWords(row)), said(row.title)], () => {
    chart.map.closePopup();
    openEvent(row.id);
  }))));
  const rest = order.length > LISTED && el("p", { class: "sub" }, `and ${number(order.length - LISTED)} more: filter or zoom in`);
  const content = el("div", {}, el("strong", {}, plural(rows.length, "event")), list, rest || "");
  L.popup({ maxWidth: 280, minWidth: 220, autoPanPadding: [12, 12], className: "popup" }).setLatLng(at).setContent(content).openOn(chart.map);
  list.querySelector("button")?.focus();
}

function listInSight() {
  const bounds = chart.map.getBounds();
  const rows = shown.withoutBox.filter((row) => row.place && bounds.contains([row.place.lat, row.place.lon]));
  if (rows.length) listEvents(rows, chart.map.getCenter());
  else announce("No event in sight");
}

/** Show where an event lies that was chosen elsewhere. */
function seek(row) {
  if (!chart.map || !row.place) return;
  const at = L.latLng(row.place.lat, row.place.lon);
  if (!chart.map.getBounds().pad(-0.1).contains(at)) chart.map.panTo(at, { animate: !calm() });
  drawMap();
}

/** A row under the pointer lights up on the map. */
function hint(row) {
  if (chart.hover === row) return;
  chart.hover = row;
  if (chart.map) drawMap();
}

function toggleBox() {
  if (state.box) return change({ box: null });
  const bounds = chart.map.getBounds();
  change({ box: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((n) => Math.round(n * 1000) / 1000) });
}

/** What the signs mean, and what the map cannot show. */
function showKey() {
  const lost = shown.withoutBox.filter((row) => !row.place).length;
  const sign = (kind) => el("i", { class: `sign ${kind}`, "aria-hidden": "true" });
  byId("map-key").replaceChildren(
    el("div", { class: "key-signs" },
      el("span", {}, sign("dot"), "the place itself, size by least killed"), el("span", {}, sign("near"), "near it"),
      el("span", {}, sign("area"), "somewhere in this area"),
      el("span", {}, sign("killed"), "killed"), el("span", {}, sign("injured"), "injured"), el("span", {}, sign("other"), "other harm")),
    el("div", { class: "key-acts" },
      lost > 0 && button(`${plural(lost, "event")} cannot be placed`, () => change({ unplaced: !state.unplaced, box: null }), { class: "quiet", "aria-pressed": String(state.unplaced), id: "unplaced-button" }),
      button(state.box ? "Table: everywhere" : "Table: only this view", toggleBox, { class: "quiet", "aria-pressed": String(Boolean(state.box)) }),
      button("Show all", () => { fitMap(); drawMap(); }, { class: "quiet" })),
    el("p", { class: "credit" }, "Outlines: Natural Earth (public domain), de facto boundaries · Leaflet"));
}
