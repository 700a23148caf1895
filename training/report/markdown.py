"""The report as Markdown: the figures of ``metrics.json`` for reading in a repository."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

KEY_SCORES = {
    "span": "spans, exact",
    "span_overlap": "spans, overlapping",
    "link": "links",
    "blame": "links that blame",
    "claim_core": "claims: figure, harm, victim",
    "claim_full": "claims: all but the date",
    "count_value": "of the figures found: right value",
    "count_scope": "of the figures found: incident or total",
    "claim_sources": "of the figures found: exactly gold's sources",
    "claim_blamed": "of the figures found: exactly gold's blame",
}
WORST = 12


def render(result: dict[str, Any]) -> str:
    """The whole report, verdict first."""
    parts = [f"# Evaluation of {result['name']} (`{result['model']}`)", _verdict(result["gate"])]
    for name, found in result["sets"].items():
        facts = found["data"]
        parts += [
            f"## {name[:1].upper() + name[1:]}",
            f"{facts['documents']} articles, {facts['words']:,} words, fingerprint `{facts['fingerprint']}`. "
            "Intervals: 95 %, bootstrap over documents.",
            _scores(found, result.get("human")),
            _labels(found),
            _errors(found),
            _slices(found["slices"]),
            _trust(found),
            _probes(found["probes"]),
        ]
    return "\n\n".join(part for part in [*parts, _events(result.get("events"))] if part) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table; cells are escaped so that no text breaks it."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    text = f"{value:.3f}" if isinstance(value, float) else str(value)
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _interval(score: dict[str, Any]) -> str:
    return f"{score['f1']:.3f} ({score['low']:.3f}–{score['high']:.3f})"


def _verdict(gate: dict[str, Any]) -> str:
    broken = [check for check in gate["checks"] if not check["holds"]]
    against = f"compared with `{gate['compared']}`" if gate["compared"] else "with no model before it to compare with"
    words = "may be released" if gate["verdict"] == "release" else "may not be released"
    text = f"**The gate says: {words}** ({len(gate['checks'])} checks, {len(broken)} broken; {against})."
    if broken:
        rows = [
            (c["rule"], c["value"], c["now"], "–" if c["before"] is None else c["before"], c["limit"]) for c in broken
        ]
        text += "\n\n" + table(("rule", "value", "now", "before", "limit"), rows)
    return text


def _scores(found: dict[str, Any], human: dict[str, Any] | None) -> str:
    others = [*found["baselines"], *([human] if human else [])]
    head = ["F1", "this model", *(other["name"] for other in others)]
    rows: list[list[str]] = []
    for key, title in KEY_SCORES.items():
        rows.append([title, _interval(found["scores"][key])] + [f"{o['scores'][key]['f1']:.3f}" for o in others])
    on_gold = [o.get("scores_on_gold_spans", {}).get("link") for o in (found, *others)]
    rows.append(["links between gold's spans", *("–" if score is None else f"{score['f1']:.3f}" for score in on_gold)])
    note = f"\n\nHuman agreement: {human['note']}, {human['documents']} articles." if human else ""
    return table(head, rows) + note


def _labels(found: dict[str, Any]) -> str:
    rows = []
    for key, score in found["scores"].items():
        if "/" in key and score["gold"]:
            kind, label = key.split("/")
            counts = found["results"][kind].get(label, {})
            rows.append((label, score["gold"], _interval(score), score["precision"], score["recall"], *counts.values()))
    head = ("label", "gold", "F1", "precision", "recall", "correct", "incorrect", "partial", "missed", "spurious")
    return "### Labels\n\n" + table(head, rows)


def _errors(found: dict[str, Any]) -> str:
    errors = ", ".join(f"{name} {number}" for name, number in found["claim_errors"].items())
    return f"### What is wrong with claims whose figure was found\n\n{errors or 'nothing'}."


def _slices(slices: Sequence[dict[str, Any]]) -> str:
    rows = []
    for row in slices:
        for key, test in row["tests"].items():
            if test["differs"]:
                score = row["scores"][key]
                difference = f"{test['difference']:+.3f}"
                rows.append((row["dimension"], row["slice"], key, _interval(score), difference, test["p_corrected"]))
    if not rows:
        return "### Slices\n\nNo slice differs from the rest beyond chance."
    rows.sort(key=lambda row: float(row[4]))
    head = ("dimension", "slice", "score", "F1", "difference from the rest", "p, corrected")
    return "### Slices that differ from the rest beyond chance\n\n" + table(head, rows)


def _trust(found: dict[str, Any]) -> str:
    rows = [(kind, c["before"]["error"], c["after"]["error"]) for kind, c in found["calibration"].items()]
    text = "### Scores\n\n" + table(("of", "calibration error without temperature", "with"), rows)
    wanted = [
        (kind, precision, at["threshold"], f"{at['review_share']:.0%}", at["precision"])
        for kind, review in found["review"].items()
        for precision, at in review["wanted"].items()
        if at
    ]
    if wanted:
        head = ("of", "wanted precision", "threshold", "left to review", "reached")
        text += "\n\nThresholds chosen on validation articles, tried on these:\n\n" + table(head, wanted)
    return text


def _events(events: dict[str, dict[str, float]] | None) -> str:
    if not events:
        return ""
    rows = [(of, name, value) for of, scores in events.items() for name, value in scores.items()]
    return "## Places, days, names and events\n\nOn the test sets of `data/events`.\n\n" + table(("of", "", ""), rows)


def _probes(probes: Sequence[dict[str, Any]]) -> str:
    if not probes:
        return ""
    rows = [
        (p["name"], p["cases"], p["failures"], f"{p['rate']:.1%} ({p['low']:.1%}–{p['high']:.1%})")
        for p in sorted(probes, key=lambda p: -p["rate"])
    ]
    return "### Behaviour\n\n" + table(("probe", "cases", "failed", "rate"), rows)
