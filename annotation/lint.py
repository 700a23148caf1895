"""Likely slips of annotation, for a person to look at: none of them is an error by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Span, describe
from tolltrace.sentences import Sentences

ARTICLES = re.compile(r"(?:the|an?) ", re.IGNORECASE)
TWO_PLACES = re.compile(r".*\w['’]s? [A-Z]")
HARM_WORDS = {
    "KILLED": r"kill(?:ed|ing|s)|deaths?|dead|died|slain|bodies|massacred?|executed|deadly|fatal",
    "INJURED": r"wounded|wounding|injured|injuring",
    "DISPLACED": r"displaced|displacing|fled|uprooted",
    "DETAINED": r"detained|abducted|kidnapped|captured|arrested|hostages?|jailed",
    "MISSING": r"missing",
    "HARMED": r"casualties",
}
MEANS_WORDS = (
    r"air ?strikes?|airstrikes?|drone strikes?|shelling|shelled|car bombs?|suicide bombing|ambush(?:ed)?|gunfire"
    r"|clashes|clashed|fighting|blasts?|explosions?|barrel bombs?|rockets?|mortars?|landmines?"
    r"|roadside bombs?|raids?|artillery"
)
NUMERAL = (
    r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens|hundreds|scores|several|many)"
)
COUNTED_HARM = re.compile(
    rf"\b{NUMERAL}\b(?: [\w'-]+){{0,5}} (?:were|was|have been|had been|are)? ?"
    r"(?:killed|wounded|injured|dead|abducted|missing)\b",
    re.IGNORECASE,
)


def find_slips(annotated: AnnotatedDocument) -> Iterator[str]:
    """Sentences that each name one likely slip, with the line of the text where it stands."""
    for offset, message in sorted({*_span_slips(annotated), *_unmarked(annotated), *_link_slips(annotated)}):
        yield f"line {annotated.text.count(chr(10), 0, offset) + 1}: {message}"


def _span_slips(annotated: AnnotatedDocument) -> Iterator[tuple[int, str]]:
    for span in annotated.spans:
        words = annotated.text_of(span)
        if span.label in ("ACTOR", "SOURCE", "VICTIM", "LOCATION") and ARTICLES.match(words):
            yield span.start, f"{describe(annotated.text, span)} begins with an article"
        if span.label == "LOCATION" and TWO_PLACES.match(words):
            yield span.start, f"{describe(annotated.text, span)} may hold two places"
        if words[-1] in ".!?\"'”’)" and words.count(".") < 2 and not words.endswith(("ft.", "s'", ")")):
            yield span.start, f"{describe(annotated.text, span)} ends with punctuation"
    marked: dict[tuple[str, str], Span] = {}
    for span in annotated.spans:
        if span.label in ("ACTOR", "LOCATION", "SOURCE", "MEANS") and span.end - span.start >= 3:
            marked.setdefault((annotated.text_of(span), span.layer), span)
    for (words, layer), span in marked.items():
        if span.label in ("ACTOR", "LOCATION") and not words[0].isupper():
            continue
        if span.label == "SOURCE":
            continue
        for found in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", annotated.text):
            covered = [s for s in annotated.spans if s.start < found.end() and found.start() < s.end]
            if not any(s.layer in (layer, "attribution") for s in covered):
                yield found.start(), f"{words!r} is marked {span.label} elsewhere, not here"


def _unmarked(annotated: AnnotatedDocument) -> Iterator[tuple[int, str]]:
    patterns = [*HARM_WORDS.items(), ("MEANS", MEANS_WORDS)]
    for label, pattern in patterns:
        layer = scheme.LAYER_OF[label]
        for found in re.finditer(rf"\b(?:{pattern})\b", annotated.text, re.IGNORECASE):
            if not any(s.layer == layer and s.start < found.end() and found.start() < s.end for s in annotated.spans):
                yield found.start(), f"{found[0]!r} is not marked: {label}?"
    for found in COUNTED_HARM.finditer(annotated.text):
        if not any(
            s.label in scheme.COUNT_LABELS and s.start < found.end() and found.start() < s.end for s in annotated.spans
        ):
            yield found.start(), f"{found[0]!r} holds no COUNT or TOTAL"


def _link_slips(annotated: AnnotatedDocument) -> Iterator[tuple[int, str]]:
    tails: dict[tuple[Span, str], set[Span]] = {}
    sentences = Sentences(annotated.text)
    labels: dict[int, set[str]] = {}
    for span in annotated.spans:
        labels.setdefault(sentences.index(span.start), set()).add(span.label)
    for link in annotated.links:
        tails.setdefault((link.head, link.label), set()).add(link.tail)
    for (head, name), ends in tails.items():
        own = [sentences.index(end.start) == sentences.index(head.start) for end in ends]
        if scheme.LINK_BY_NAME[name].own_sentence and any(own) and not all(own):
            yield head.start, f"{describe(annotated.text, head)} has a {name} in its sentence, and one in another"
    for span in annotated.spans:
        if span.label not in scheme.COUNT_LABELS:
            continue
        what = describe(annotated.text, span)
        if (span, "victim") not in tails:
            yield span.start, f"{what} has no victim"
        for whole in tails.get((span, "part_of"), ()):
            if not {t.label for t in tails[span, "harm"]} & {t.label for t in tails[whole, "harm"]}:
                yield span.start, f"{what} is part of {describe(annotated.text, whole)} but not its harm"
        if (span, "part_of") in tails:
            continue
        near = labels[sentences.index(span.start)]
        for label, name in (("SOURCE", "source"), ("MEANS", "means"), ("LOCATION", "location")):
            if (span, name) not in tails and label in near:
                yield span.start, f"{what} has no {name}, though its sentence has a {label}"
    linked = {link.tail for link in annotated.links}
    for span in annotated.spans:
        if (
            span.label == "VICTIM"
            and span not in linked
            and re.search(r"\d", annotated.text[max(span.start - 6, 0) : span.start])
        ):
            yield span.start, f"{describe(annotated.text, span)} follows a numeral but no figure links to it"
