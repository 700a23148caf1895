// The tab that lists the decisions, writes review.csv and reads one.

function showReview() {
  const box = byId("review");
  const file = el("input", { type: "file", accept: ".csv,text/csv", id: "review-file", onchange: () => file.files[0] && loadReview(file.files[0]) });
  const list = decisions.all.map((one, i) => el("tr", {},
    el("td", {}, one.decision), el("td", {}, targetLink(one)), el("td", {}, one.field.replaceAll("_", " ")), el("td", { class: "ids" }, said(one.value)),
    el("td", {}, said(one.by)), el("td", {}, one.date), el("td", {}, said(one.reason)),
    el("td", {}, stale(one) && el("span", { class: "flag", title: "The event's claims have changed since this was decided." }, "changed since"),
      button("Edit", () => editDecision(i), { class: "link" }), " ", button("Remove", () => removeDecision(i), { class: "link" }))));
  box.replaceChildren(el("div", { class: "page" },
    el("h2", {}, "Review"),
    el("p", { class: "lede" }, "Decisions change nothing in this page. Download them as review.csv, and ", el("code", {}, "tolltrace reconcile"), " applies them."),
    el("div", { class: "acts" },
      button("Download review.csv", downloadReview, { class: "strong", id: "download", disabled: decisions.all.length === 0 }),
      el("label", { class: "file" }, el("span", {}, "Load a review file"), file),
      button("Forget all decisions", forgetDecisions, { class: "quiet", disabled: decisions.all.length === 0 })),
    el("p", { class: "failure", id: "review-problem", hidden: true, role: "alert" }),
    decisions.all.length === 0
      ? el("p", {}, "None yet. Open an event and press Accept, Reject, Correct, Merge or Split. A reason is asked for each.")
      : el("div", { class: "scroll" }, el("table", { class: "decisions" },
        el("thead", {}, el("tr", {}, ["Decision", "Target", "Field", "Value", "By", "Date", "Reason", ""].map((words) => el("th", { scope: "col" }, words)))), el("tbody", {}, list)))));
}

function targetLink(one) {
  const row = sheet.byId.get(one.target) ?? sheet.byId.get(one.event);
  return row ? button([said(row.title), row.id === one.target ? "" : el("span", { class: "sub" }, said(one.target))], () => { change({ tab: "events" }); openEvent(row.id); }, { class: "link" }) : el("code", {}, said(one.target));
}

const stale = (one) => {
  const row = sheet.byId.get(one.target) ?? sheet.byId.get(one.event);
  return Boolean(row && one.seen && one.seen !== row.seen);
};

function removeDecision(i) {
  setDecisions(decisions.all.filter((_, n) => n !== i));
  byId("review").querySelector("h2")?.scrollIntoView({ block: "nearest" });
}

function forgetDecisions() {
  if (confirm(`Forget ${plural(decisions.all.length, "decision")}? What is not downloaded is lost.`)) setDecisions([]);
}

/** With the mark by which spreadsheets know UTF-8. */
function downloadReview() {
  const url = URL.createObjectURL(new Blob(["\ufeff", toCsv(decisions.all)], { type: "text/csv;charset=utf-8" }));
  el("a", { href: url, download: "review.csv" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  decisions.saved = true;
  announce(`review.csv with ${plural(decisions.all.length, "decision")}`);
}

/** Add the decisions of a file to those here; the same one is not listed twice. */
async function loadReview(file) {
  const problem = byId("review-problem");
  try {
    const found = readReview(await file.text());
    for (const one of found) one.event = sheet.byId.has(one.target) ? one.target : eventOf(one);
    const key = (one) => JSON.stringify(REVIEW_COLUMNS.map((column) => one[column]));
    const here = new Set(decisions.all.map(key));
    const fresh = found.filter((one) => !here.has(key(one)));
    setDecisions([...decisions.all, ...fresh]);
    announce(`${plural(fresh.length, "decision")} loaded`);
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  }
}

/** The event of a claim that was decided on: the one whose claims looked so. */
function eventOf(one) {
  return sheet.rows.find((row) => row.seen === one.seen)?.id ?? "";
}

addEventListener("beforeunload", (event) => {
  if (!decisions.saved && decisions.all.length && kept.get(draftKey()) === null) event.preventDefault();
});
