// The base map: countries, borders and names, from the outlines in the page. No tiles.

const world = { land: null, borders: null, grid: null, names: [], outlines: new Map() };

async function addWorld(map) {
  const atlas = await block("world");
  const countries = topojson.feature(atlas, atlas.objects.countries).features;
  for (const country of countries) unwrap(country.geometry.coordinates);
  map.createPane("base").style.zIndex = "200";
  const renderer = L.canvas({ pane: "base", padding: 0.4 });
  const common = { pane: "base", renderer, interactive: false };
  world.grid = L.layerGroup(graticule().map((line) => L.polyline(line, { ...common, weight: 0.6 }))).addTo(map);
  world.land = L.geoJSON(countries, { ...common, style: { weight: 0, fillOpacity: 1 } }).addTo(map);
  const mesh = topojson.mesh(atlas, atlas.objects.countries, (a, b) => a !== b);
  const coast = topojson.mesh(atlas, atlas.objects.countries, (a, b) => a === b);
  unwrap(mesh.coordinates);
  unwrap(coast.coordinates);
  world.borders = L.layerGroup([
    L.geoJSON(mesh, { ...common, style: { weight: 0.9, fill: false } }),
    L.geoJSON(coast, { ...common, style: { weight: 0.7, fill: false } }),
  ]).addTo(map);
  world.land.eachLayer((layer) => {
    const { code } = layer.feature.properties;
    if (code) world.outlines.set(code, [...(world.outlines.get(code) ?? []), layer]);
  });
  world.names = countries.map(({ properties: p }) => ({ name: p.name, code: p.code, area: p.area, at: L.latLng(p.label[1], p.label[0]) }))
    .sort((a, b) => b.area - a.area);
  colourWorld();
}

/** Lines that cross the 180th meridian go on beyond it, rather than back across the whole map. */
function unwrap(coordinates) {
  if (typeof coordinates[0]?.[0] !== "number") return coordinates.forEach(unwrap);
  for (let i = 1; i < coordinates.length; i++) {
    const turns = Math.round((coordinates[i][0] - coordinates[i - 1][0]) / 360);
    coordinates[i][0] -= 360 * turns;
  }
}

/** A line every 10 degrees. */
function graticule() {
  const lines = [];
  for (let lon = -180; lon <= 180; lon += 10) lines.push([[-84, lon], [84, lon]]);
  for (let lat = -80; lat <= 80; lat += 10) lines.push([[lat, -180], [lat, 180]]);
  return lines;
}

/** Colours of the theme; countries for which events are known no closer are tinted whole. */
function colourWorld(tinted = new Map()) {
  if (!world.land) return;
  const land = colour("land");
  world.grid.eachLayer((line) => line.setStyle({ color: colour("graticule") }));
  world.land.eachLayer((layer) => {
    const tint = tinted.has(layer.feature.properties.code);
    layer.setStyle({ fillColor: tint ? colour("land-tint") : land });
  });
  const [borders, coast] = world.borders.getLayers();
  borders.setStyle({ color: colour("border") });
  coast.setStyle({ color: colour("coast") });
}

/** Names of countries where there is room; none lies over another. */
function drawNames(context, map, taken) {
  const zoom = map.getZoom();
  context.font = `600 ${zoom >= 6 ? 12 : 10.5}px ${colour("sans")}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const country of world.names) {
    if (country.area * 4 ** zoom < 1500) continue;
    const at = map.latLngToContainerPoint(country.at);
    const words = country.name.toUpperCase();
    const half = context.measureText(words).width / 2 + 4;
    const size = map.getSize();
    if (at.x + half < 0 || at.y < 0 || at.x - half > size.x || at.y > size.y) continue;
    const box = [at.x - half, at.y - 8, at.x + half, at.y + 8];
    if (taken.some((b) => b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1])) continue;
    taken.push(box);
    context.lineWidth = 3;
    context.strokeStyle = colour("land");
    context.strokeText(words, at.x, at.y);
    context.fillStyle = colour("name");
    context.fillText(words, at.x, at.y);
  }
}
