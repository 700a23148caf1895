const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector, within = document) => within.querySelector(selector);
const SIDE_BY_SIDE = 3;

// The theme: as the system's until the button says otherwise.
const themes = ["system", "light", "dark"];
one("#theme").addEventListener("click", (event) => {
  const next = themes[(themes.indexOf(document.documentElement.dataset.theme ?? "system") + 1) % themes.length];
  document.documentElement.dataset.theme = next;
  event.currentTarget.textContent = `Theme: ${next}`;
});

// Tables are sorted by the heading that is pressed; the row of all labels stays first.
for (const heading of all(".sortable thead th")) {
  one("button", heading).addEventListener("click", () => {
    const table = heading.closest("table");
    const column = heading.cellIndex;
    const up = heading.getAttribute("aria-sort") === "ascending" || (column > 0 && !heading.hasAttribute("aria-sort"));
    for (const other of all("thead th", table)) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", up ? "descending" : "ascending");
    const value = (row) => Number(row.cells[column].dataset.value);
    const rows = all("tbody tr:not(.all)", table).sort((a, b) => (value(a) - value(b)) * (up ? -1 : 1));
    table.tBodies[0].append(...rows);
  });
}

// Pairs: [first, second, documents, [[of first, of second, F1, overlap F1] for each key]].
const pairs = JSON.parse(one("#data-pairs").textContent);
const showPairs = () => {
  const key = Number(one("#pairs-of").value);
  for (const [first, second, documents, figures] of pairs) {
    const [mine, yours, f1, overlap] = figures[key];
    for (const place of [`${first} ${second}`, `${second} ${first}`]) {
      const cell = one(`[data-pair="${place}"]`);
      cell.textContent = f1 === null ? "–" : f1.toFixed(3);
      cell.dataset.level = f1 === null ? 0 : f1 >= 0.9 ? 4 : f1 >= 0.8 ? 3 : f1 >= 0.6 ? 2 : 1;
      const near = overlap === null ? "" : `, overlap F1 ${overlap.toFixed(3)}`;
      cell.title = `${documents} articles, ${mine} and ${yours} marked${near}`;
    }
  }
};
if (one("#pairs-of")) {
  one("#pairs-of").addEventListener("change", showPairs);
  showPairs();
}

// Articles: a difference is active where the chosen annotators differ and it has to do with the chosen label. A closed
// article is only counted; what is in it is set right when it opens.
const articles = all(".article").map((element) => ({
  element,
  versions: all(".version", element),
  columns: all(".columns input", element),
  annotators: all(".version", element).map((version) => version.dataset.by),
  rows: all(".differences tbody tr", element).map((line) => ({
    line,
    lights: line.dataset.lights.split(" "),
    labels: line.dataset.labels.split(" "),
    cells: all("td", line),
  })),
  active: 0,
  paint: null,
}));

function update(article, chosen, key) {
  const lit = new Set();
  article.active = 0;
  for (const { line, lights, labels, cells } of article.rows) {
    const answers = new Set();
    for (const cell of cells) if (chosen.has(cell.dataset.by)) answers.add(cell.dataset.answer);
    const active = answers.size > 1 && (!key || labels.includes(key));
    line.hidden = !active;
    article.active += active;
    if (active && (key || "span" in line.dataset)) for (const id of lights) lit.add(id);
  }
  article.element.hidden = article.active === 0;
  one(".active", article.element).textContent = `${article.active} ${article.active === 1 ? "difference" : "differences"}`;
  article.paint = () => paint(article, chosen, lit);
  if (article.element.open) repaint(article);
}

function repaint(article) {
  article.paint?.();
  article.paint = null;
}

function paint(article, chosen, lit) {
  for (const mark of all(".tt-mark", article.element)) {
    const active = lit.has(mark.dataset.id);
    if (mark.classList.contains("absent")) mark.classList.toggle("off", !active);
    else {
      mark.classList.toggle("tt-quiet", !active);
      mark.classList.toggle("tt-named", active);
    }
  }
  for (const cell of all(".differences [data-by]", article.element)) cell.hidden = !chosen.has(cell.dataset.by);
  for (const { cells } of article.rows) {
    const shown = cells.filter((cell) => !cell.hidden);
    for (const cell of shown) {
      const same = shown.filter((other) => other.dataset.answer === cell.dataset.answer).length;
      cell.classList.toggle("most", same > shown.length / 2);
    }
  }
  for (const table of all(".differences", article.element)) {
    table.hidden = !all("tbody tr", table).some((row) => !row.hidden);
    const fold = table.closest(".following");
    if (fold) fold.hidden = table.hidden;
  }
  for (const box of article.columns) box.closest("label").hidden = !chosen.has(box.value);
  const first = [...article.versions].sort((a, b) => a.dataset.place - b.dataset.place).map((v) => v.dataset.by);
  sideBySide(article, new Set(first.filter((by) => chosen.has(by)).slice(0, SIDE_BY_SIDE)));
}

function sideBySide(article, shown) {
  for (const box of article.columns) box.checked = shown.has(box.value);
  for (const version of article.versions) version.hidden = !shown.has(version.dataset.by);
}

function updateAll() {
  const boxes = all("#annotators input");
  const everyone = new Set(articles.flatMap((article) => article.annotators));
  const chosen = boxes.length ? new Set(boxes.filter((box) => box.checked).map((box) => box.value)) : everyone;
  for (const article of articles) update(article, chosen, one("#key").value);
  sort();
  const shown = articles.filter((article) => !article.element.hidden);
  const differences = shown.reduce((sum, article) => sum + article.active, 0);
  one("#count").textContent = `${shown.length} of ${articles.length} articles, ${differences} differences`;
  one("#none").hidden = shown.length > 0;
}

function sort() {
  const orders = {
    share: (a, b) => a.element.dataset.share - b.element.dataset.share,
    number: (a, b) => b.active - a.active || a.element.dataset.share - b.element.dataset.share,
    name: (a, b) => a.element.dataset.name.localeCompare(b.element.dataset.name),
  };
  articles.sort(orders[one("#order").value]);
  one("#list").append(...articles.map((article) => article.element));
}

for (const article of articles) {
  article.element.addEventListener("toggle", () => repaint(article));
  for (const box of article.columns) {
    box.addEventListener("change", () => {
      const shown = new Set(article.columns.filter((b) => b.checked && !b.closest("label").hidden).map((b) => b.value));
      sideBySide(article, shown.size ? shown : new Set([box.value]));
    });
  }
}
one(".filters").addEventListener("change", (event) => (event.target.id === "order" ? sort() : updateAll()));
one(".filters").addEventListener("submit", (event) => event.preventDefault());
for (const button of all("[data-show]")) {
  button.addEventListener("click", () => {
    one("#key").value = button.dataset.show;
    updateAll();
    one("#articles").scrollIntoView();
  });
}

// From a difference to its words, and from one difference to the next.
function showWords(row) {
  const ids = row.dataset.lights.split(" ");
  const marks = all(".version:not([hidden]) .tt-mark", row.closest(".article"));
  const mark = marks.find((m) => m.dataset.id === ids.at(-1)) ?? marks.find((m) => ids.includes(m.dataset.id));
  mark?.scrollIntoView({ block: "center", inline: "nearest" });
}
document.addEventListener("click", (event) => {
  const row = event.target.closest(".differences tbody tr");
  if (row) showWords(row);
});
function step(by) {
  const rows = articles.filter((a) => !a.element.hidden).flatMap((a) => a.rows.map((row) => row.line)).filter((row) => !row.hidden);
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement?.closest?.(".differences tbody tr"));
  const row = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : (at + by + rows.length) % rows.length];
  for (let fold = row.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  row.focus({ preventScroll: true });
  showWords(row);
}
one("#next").addEventListener("click", () => step(1));
one("#previous").addEventListener("click", () => step(-1));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("select, input")) return;
  if (event.key === "n") step(1);
  if (event.key === "p") step(-1);
  if (event.key === "Enter" && event.target.matches?.(".differences tbody tr")) showWords(event.target);
});

// On paper every article is open.
let closed = [];
addEventListener("beforeprint", () => {
  closed = all("details:not([open])");
  for (const fold of closed) fold.open = true;
  for (const article of articles) repaint(article);
});
addEventListener("afterprint", () => {
  for (const fold of closed) fold.open = false;
});

updateAll();
