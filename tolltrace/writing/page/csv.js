// review.csv: written so that no spreadsheet runs a cell, and read back.

const REVIEW_COLUMNS = ["decision", "target", "field", "value", "by", "date", "reason", "seen"];

/** A cell: one that a spreadsheet might take for a formula begins with an apostrophe; quoted where need be. */
function toCell(value) {
  let text = String(value ?? "");
  if (/^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function toCsv(decisions) {
  const lines = [REVIEW_COLUMNS, ...decisions.map((one) => REVIEW_COLUMNS.map((column) => one[column]))];
  return lines.map((line) => line.map(toCell).join(",")).join("\r\n") + "\r\n";
}

/** Cells of a CSV text, line by line. */
function fromCsv(text) {
  const lines = [];
  let [line, cell, quoted] = [[], "", false];
  const source = text.replace(/^\ufeff/, "");
  for (let i = 0; i < source.length; i++) {
    const char = source[i];
    if (quoted) {
      if (char !== '"') cell += char;
      else if (source[i + 1] === '"') cell += source[++i];
      else quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === ",") { line.push(cell); cell = ""; }
    else if (char === "\n" || char === "\r") {
      if (char === "\r" && source[i + 1] === "\n") i++;
      line.push(cell);
      if (line.some((one) => one !== "")) lines.push(line);
      [line, cell] = [[], ""];
    } else cell += char;
  }
  line.push(cell);
  if (line.some((one) => one !== "")) lines.push(line);
  return lines.map((one) => one.map((text) => text.replace(/^'(?=[=+\-@\t\r])/, "")));
}

/** Decisions of a review file; throws, in words, where it is none. */
function readReview(text) {
  const [head = [], ...lines] = fromCsv(text);
  const names = head.map((name) => name.trim());
  const missing = REVIEW_COLUMNS.filter((column) => column !== "seen" && !names.includes(column));
  if (missing.length) throw new Error(`This is no review file: it lacks ${missing.length === 1 ? "the column" : "the columns"} ${missing.join(", ")}.`);
  return lines.map((line, i) => {
    const one = Object.fromEntries(REVIEW_COLUMNS.map((column) => [column, line[names.indexOf(column)] ?? ""]));
    if (!DECISIONS.includes(one.decision)) throw new Error(`Line ${i + 2} has the decision “${one.decision}”; known are ${DECISIONS.join(", ")}.`);
    if (!one.target) throw new Error(`Line ${i + 2} names no target.`);
    return one;
  });
}
