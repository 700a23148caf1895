// The analyst's decisions: kept here until they are downloaded, and in this browser so that a reload loses none.

const DECISIONS = ["accept", "reject", "correct", "merge", "split"];
const EVENT_FIELDS = ["title", "first_day", "last_day", "place"];
const CLAIM_FIELDS = ["min", "max", "harm", "group", "place", "first_day", "last_day", "origin", "scope"];

const CAN_BE_EMPTY = ["min", "max", "first_day", "last_day"];
const FIELD_VALUES = { harm: HARMS, group: GROUPS, scope: ["incident", "total"] };
const FIELD_HINTS = {
  min: "a whole number, or empty for an open end", max: "a whole number, or empty for an open end", harm: "one or more, with spaces between",
  place: "name, or name | country | latitude | longitude", first_day: "like 2026-11-30, or empty", last_day: "like 2026-11-30, or empty",
};

const decisions = { all: [], saved: true, targets: new Map() };

const draftKey = () => `review.${sheet.key}`;

function loadDrafts() {
  try {
    const drafts = JSON.parse(kept.get(draftKey()) ?? "[]");
    if (Array.isArray(drafts)) decisions.all = drafts.filter((one) => one && DECISIONS.includes(one.decision) && one.target);
  } catch {
    decisions.all = [];
  }
  decisions.saved = decisions.all.length === 0;
  countTargets();
}

/** Which decisions are on which target; those on a claim count for its event as well, by the article's shard or not. */
function countTargets() {
  decisions.targets = new Map();
  for (const one of decisions.all) {
    for (const id of new Set([one.target, one.event].filter(Boolean))) {
      decisions.targets.set(id, [...(decisions.targets.get(id) ?? []), one]);
    }
  }
}

const decisionsOf = (id) => decisions.targets.get(id) ?? [];
const decidedOn = (id) => decisionsOf(id).length;

/** Change the list and show it everywhere. */
function setDecisions(all) {
  decisions.all = all;
  decisions.saved = false;
  countTargets();
  kept.set(draftKey(), JSON.stringify(all));
  if (state.decided) { select(); sortRows(); }
  showTabs();
  showFilters();
  refreshTable();
  if (state.tab === "review") showReview();
  if (drawer.opened && !state.claim) showEvent(drawer.opened, byId("drawer"));
}

/** The notes on an open event. */
function decisionNotes(event) {
  const mine = decisionsOf(event.id);
  return mine.length > 0 && el("section", { class: "part mine" }, el("h3", { class: "part-title" }, "My decisions, not yet applied"),
    el("ul", {}, mine.map((one) => el("li", {}, decisionWords(one), el("span", { class: "sub inline" }, ` ${one.by}, ${one.date}`), one.reason ? [": ", said(one.reason)] : "", " ",
      button("Edit", () => editDecision(decisions.all.indexOf(one)), { class: "link" })))));
}

function decisionWords(one) {
  const claim = one.target !== one.event && one.event ? [" claim “", said(claimName(one.target)), "”"] : "";
  if (one.decision === "correct") return el("span", {}, "correct", claim, ` ${one.field} to `, said(one.value));
  if (one.decision === "merge") return el("span", {}, "merge with ", said(sheet.byId.get(one.value)?.title ?? one.value));
  if (one.decision === "split") return el("span", {}, `split off ${plural(one.value.split(" ").length, "claim")}`);
  return el("span", {}, one.decision, claim);
}

function claimName(id) {
  return drawer.opened?.event.figures.find((figure) => figure.claim === id)?.words ?? id;
}

function splitSelected(event, row) {
  const picked = [...byId("drawer").querySelectorAll(".pick:checked")].map((input) => input.value);
  if (!picked.length || picked.length === event.figures.length) {
    announce("Select some of the figures to split off");
    byId("drawer").querySelector(".pick")?.focus();
    byId("drawer").classList.add("ask-picks");
    return;
  }
  decide(event.id, "split", row, { value: picked.join(" ") });
}

/** Open the form for a new decision on an event, or (`kind` claim) on one of its claims. */
function decide(target, kind, row, known = {}) {
  const decision = kind === "claim" ? "reject" : kind;
  openForm({ decision, target, field: "", value: "", by: kept.get("name") ?? "", date: today(), reason: "", seen: row.seen, event: row.id, ...known }, null);
}

function editDecision(i) {
  openForm({ ...decisions.all[i] }, i);
}

function today() {
  const now = new Date();
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
}

/** The form; `i` is the place of the decision that is edited, `null` for a new one. */
function openForm(draft, i) {
  const dialog = byId("decide");
  const onClaim = draft.event !== draft.target && !sheet.byId.has(draft.target);
  const options = onClaim ? ["accept", "reject", "correct"] : DECISIONS;
  const kind = el("select", { name: "decision", onchange: () => rows() }, options.map((one) => el("option", { value: one, selected: one === draft.decision }, one)));
  const what = el("select", { name: "field", onchange: () => rows() }, (onClaim ? CLAIM_FIELDS : EVENT_FIELDS).map((one) => el("option", { value: one, selected: one === draft.field }, one.replaceAll("_", " "))));
  const value = el("input", { name: "value", value: draft.value, dir: "auto", list: "merge-list", autocomplete: "off" });
  const by = el("input", { name: "by", value: draft.by, required: true, autocomplete: "name", dir: "auto" });
  const reason = el("textarea", { name: "reason", rows: 3, dir: "auto", required: true });
  reason.value = draft.reason;
  const list = el("datalist", { id: "merge-list" });
  const [whatRow, valueRow] = [field("Field", what), field("Value", value)];
  const rows = () => {
    whatRow.hidden = kind.value !== "correct";
    valueRow.hidden = !["correct", "merge", "split"].includes(kind.value);
    valueRow.firstChild.textContent = { merge: "Id of the other event", split: "Ids of the claims to split off" }[kind.value] ?? "Right value";
    value.required = !valueRow.hidden && !(kind.value === "correct" && CAN_BE_EMPTY.includes(what.value));
    value.placeholder = kind.value === "correct" ? FIELD_HINTS[what.value] ?? "" : "";
    value.setCustomValidity("");
    const known = FIELD_VALUES[what.value] ?? [];
    const correct = kind.value === "correct" ? known.map((one) => el("option", { value: one })) : [];
    list.replaceChildren(...(kind.value === "merge" ? mergeOptions(draft.target) : correct));
  };
  const save = (event) => {
    event.preventDefault();
    const correct = kind.value === "correct";
    const wrong = valueProblem(kind.value, what.value, value.value.trim(), draft.target);
    if (wrong) {
      value.setCustomValidity(wrong);
      value.reportValidity();
      value.oninput = () => value.setCustomValidity("");
      return;
    }
    kept.set("name", by.value.trim());
    const done = { ...draft, decision: kind.value, field: correct ? what.value : "", value: valueRow.hidden ? "" : value.value.trim(), by: by.value.trim(), reason: reason.value.trim() };
    setDecisions(i === null ? [...decisions.all, done] : decisions.all.map((one, n) => (n === i ? done : one)));
    dialog.close();
    announce(`${done.decision} noted; ${plural(decisions.all.length, "decision")} in all`);
  };
  dialog.replaceChildren(el("form", { onsubmit: save, class: "form" },
    el("h2", { id: "decide-title" }, onClaim ? "Decide on a claim" : "Decide on an event"),
    el("p", { class: "sub" }, said(sheet.byId.get(draft.target)?.title ?? `“${claimName(draft.target)}”`)),
    field("Decision", kind), whatRow, valueRow, list, field("Your name", by), field("Reason", reason),
    el("div", { class: "acts" }, el("button", { type: "submit", class: "strong" }, "Note it"), button("Cancel", () => dialog.close(), { class: "quiet" }))));
  rows();
  dialog.showModal();
  (by.value ? (valueRow.hidden || value.value ? reason : value) : by).focus();
}

/** What is wrong with a value, in words, by the rules of `tolltrace reconcile`; `null` where it will do. */
function valueProblem(decision, what, value, target) {
  if (decision === "merge") return value !== target && sheet.byId.has(value) ? null : "There is no other event of this id in the sheet.";
  if (decision !== "correct") return null;
  const known = FIELD_VALUES[what];
  if (known) return value && value.split(/\s+/).every((one) => known.includes(one)) ? null : `Must be of ${known.join(", ")}.`;
  if (!value) return CAN_BE_EMPTY.includes(what) ? null : "Must not be empty.";
  if (what === "min" || what === "max") return /^\d+$/.test(value) ? null : "Must be a whole number, or empty for an open end.";
  if (what.endsWith("_day")) return time(value) !== null && /^\d{4}-\d\d-\d\d$/.test(value) ? null : "Must be a day like 2026-11-30, or empty.";
  if (what === "place") return placeProblem(value.split("|").map((one) => one.trim()));
  return null;
}

function placeProblem(cells) {
  const [name, , lat, lon] = cells;
  if (cells.length === 1 && name) return null;
  const numbers = [lat, lon].every((one) => one && Number.isFinite(Number(one)));
  const fits = cells.length === 4 && name && numbers && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
  return fits ? null : "Must be a name, or name | country | latitude | longitude.";
}

/** Events that may be the same come first, then those of the same place. */
function mergeOptions(id) {
  const row = sheet.byId.get(id);
  if (!row) return [];
  const near = sheet.rows.filter((other) => other !== row && other.named?.name === row.named?.name).slice(0, 40);
  const ids = new Set([...row.same, ...near.map((other) => other.id)]);
  return [...ids].map((other) => sheet.byId.get(other)).filter(Boolean).map((other) => el("option", { value: other.id }, `${other.title}, ${whenWords(other)}`));
}
