"""What annotators are told in Label Studio, made from the scheme: help for each label, and the rules in short."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from tolltrace import scheme

CLASS = "tt-rules"
START = (
    "Press a label's key, then drag over the words. "
    "To link a figure: click it, press Alt+R, click what belongs to it. Ctrl+Enter submits."
)
HOW = (
    "Read the article once without marking.",
    "Mark sentence by sentence, the headline included: press the label's key, then drag over the words. "
    "Parties, places, dates and means count everywhere, not only beside casualties.",
    "Leave out articles (“the”), white space and loose punctuation at the ends.",
    "Labels that stand together in the bar never overlap each other; those of different groups may: draw the second "
    "span over the first. The name below a span selects it where another one covers its words.",
    "A click selects a span: then another label's key changes its label, its edges can be dragged, Backspace deletes "
    "it, Esc lets it go.",
    "Then go from figure to figure. Click the figure, press Alt+R, click what belongs to it. A link runs from the "
    "figure, never to it.",
    "Ctrl+Enter submits, except from inside the note. An article with nothing to mark is submitted empty, not skipped.",
)


def help_for(label: scheme.Label) -> str:
    """One or two lines for the moment when a span with this label is selected."""
    words = f"{label.name}: {label.marks}. For example “{label.example}”."
    if label.name not in scheme.COUNT_LABELS:
        return words
    needed = " and ".join(link.name for link in scheme.LINKS if link.at_least)
    return f"{words} Alt+R, then click what belongs to it: {needed} at least. {naming()}"


def naming() -> str:
    """Which links must be named by hand."""
    choices = [f"to {' or '.join(tails)} ({', '.join(names)})" for names, tails in ambiguous().items()]
    return f"Name only links {' and '.join(choices)}."


def ambiguous() -> dict[tuple[str, ...], list[str]]:
    """By names of links that the same pair of labels may have: the labels of the tail."""
    found: dict[tuple[str, ...], list[str]] = {}
    for tail in scheme.LABEL_NAMES:
        names = scheme.links_between(scheme.COUNT_LABELS[0], tail)
        if len(names) > 1:
            found.setdefault(names, []).append(tail)
    return found


def html() -> str:
    """The project's instructions. They have no line breaks, which Label Studio would show, and no styles, which the
    server takes out: their class is styled with the labelling screen."""
    question = _paragraph("Who says how many of whom were harmed, how, where, when, and by whose hand?")
    return f'<div class="{CLASS}">{question}{how()}{rules()}</div>'


def how() -> str:
    steps = "".join(f"<li>{escape(step)}</li>" for step in HOW)
    return f"<ol>{steps}</ol>" + _paragraph(
        f"{naming()} Open Relations at the right, point at the link, press ⋯ and choose. Elsewhere the name follows "
        "from the two labels. A link that is pointed at there stands out in the text; the eye hides all arrows."
    )


def rules() -> str:
    """Labels and links as two tables."""
    labels = _table(
        ("label", "what it marks", "for example"),
        ((label.name, label.marks, f"“{label.example}”") for label in scheme.LABELS),
    )
    links = _table(
        ("link", "from a figure to", "meaning"),
        ((link.name, ", ".join(link.tails), f"{link.meaning}{_number(link)}") for link in scheme.LINKS),
    )
    return labels + links


def _number(link: scheme.LinkLabel) -> str:
    bounds = [f"at least {link.at_least}"] if link.at_least else []
    bounds += [f"at most {link.at_most}"] if link.at_most else []
    return f" ({', '.join(bounds)})" if bounds else ""


def _paragraph(words: str) -> str:
    return f"<p>{escape(words)}</p>"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    first = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{first}</tr></thead><tbody>{body}</tbody></table>"
