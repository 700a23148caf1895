"""Who the ACTOR and SOURCE spans of an article stand for.

First by the table (as a name, by the state it is a body of, by likeness), then by the brackets that explain an
abbreviation, then by the article: a generic mention ("the alliance") stands for the body that was named last and may
be called so, a surname for the body of its bearer. A mention without a reading stays as written: unnamed sources
("activists", "a medic") and parties ("gunmen") have none, nor has a generic mention that two bodies compete for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from tolltrace.claims.claim import ResolvedBy
from tolltrace.documents import AnnotatedDocument, Span
from tolltrace.resolving.mention_words import BODY_NOUNS, PEOPLE, body_of_state, cores, generic_phrase
from tolltrace.resolving.names import NameRow, NameTable, is_abbreviation, key, singular
from tolltrace.sentences import Sentences

LABELS = ("ACTOR", "SOURCE")
REACH = 6
"""A generic mention stands for a body named at most so many sentences before it, or for the only one that fits."""
FOREIGN_REACH = 1
OF_STATES = frozenset({"state", "state_forces", "police", "ministry"})
BRACKET = re.compile(
    r"[\s\"”’']{0,3}\((?:the |known as |or |in acronym )?[\"“]?([^\W\d_][\w/’'-]{1,11})[\"”]?(?:[;,][^)]{0,60})?\)"
)
IN_CAPITAL = re.compile(r" in ([A-Z][\w'’-]+)")
FROM_CAPITAL = re.compile(r"\b[Ii]n ([A-Z][\w'’-]+),? (?:the |an? )?$")
INDEFINITE = re.compile(
    r"\b(?:an?|another|some|several|other|unknown|unidentified|each|every|no|any|many|few|rival|two|three|four|local)\s+$",
    re.IGNORECASE,
)
DEFINITE = re.compile(r"\b(?:the|these|those|its)\s+$", re.IGNORECASE)
ONE_ONLY = frozenset({"army", "coalition", "government", "military", "monitor", "navy", "police"})
"""Nouns that keep their meaning after "a": "an army shell", "a war monitor"."""
ARMY_WORDS = frozenset({"army", "military", "forces", "troops", "idf"})
NATIONAL = frozenset({"state", "state_forces", "police", "ministry", "coalition", "international"})
PLURALS_WITHOUT_ARTICLE = frozenset({"armed forces", "authorities", "general staff"})
SMALL_WORDS = frozenset({"of", "the", "for", "and", "in", "to", "de", "la", "du", "des", "al", "el"})


@dataclass(frozen=True, slots=True)
class NameReading:
    """What a mention stands for. ``row`` is ``None`` where the article explains an abbreviation of a body that the
    table does not know: ``name`` is then the full name as written."""

    name: str
    row: NameRow | None
    by: ResolvedBy


def resolve_actors(
    annotated: AnnotatedDocument, table: NameTable, countries: Sequence[str] = ()
) -> dict[Span, NameReading]:
    """The readings of ACTOR spans; ``countries`` are the article's, ISO 3166-1 alpha-2, most likely first."""
    return _of_label("ACTOR", resolve_mentions(annotated, table, countries))


def resolve_sources(
    annotated: AnnotatedDocument, table: NameTable, countries: Sequence[str] = ()
) -> dict[Span, NameReading]:
    """The readings of SOURCE spans; ``countries`` as for :func:`resolve_actors`."""
    return _of_label("SOURCE", resolve_mentions(annotated, table, countries))


def resolve_mentions(
    annotated: AnnotatedDocument, table: NameTable, countries: Sequence[str] = ()
) -> dict[Span, NameReading]:
    """The readings of ACTOR and SOURCE spans together: each may be what a generic mention of the other stands for."""
    article = _Article(annotated, table, tuple(countries))
    article.read_names()
    article.read_generic_mentions()
    article.read_persons()
    return dict(sorted(article.readings.items()))


def _of_label(label: str, readings: Mapping[Span, NameReading]) -> dict[Span, NameReading]:
    return {span: reading for span, reading in readings.items() if span.label == label}


class _Article:
    """The mentions of one article, read in three passes."""

    def __init__(self, annotated: AnnotatedDocument, table: NameTable, countries: tuple[str, ...]) -> None:
        self.annotated, self.table, self.countries = annotated, table, countries
        self.spans = [span for span in annotated.spans if span.label in LABELS]
        self.sentences = Sentences(annotated.text)
        self.readings: dict[Span, NameReading] = {}
        self._found: dict[tuple[str, str], NameReading | None] = {}
        self.explained = _explained(annotated.text, self.spans)

    def read_names(self) -> None:
        """Names, bodies of states and abbreviations that the article explains."""
        for span in self.spans:
            reading = self._reading(self.annotated.text_of(span), span.label)
            if reading:
                self.readings[span] = reading

    def _reading(self, text: str, label: str) -> NameReading | None:
        if (text, label) not in self._found:
            self._found[text, label] = self._by_brackets(text, label) or self._by_table(text, label)
        return self._found[text, label]

    def _by_brackets(self, text: str, label: str) -> NameReading | None:
        for core in cores(text, speaking=label == "SOURCE"):
            full = self.explained.get(core)
            if full is not None:
                known = self._by_table(full, label)
                if known:
                    return NameReading(known.name, known.row, "abbreviation")
                row = self.table.find(core, self.countries, parties_only=label == "ACTOR")
                if row is None or (_initials_spell(core, full.split()) and not _shares_words(full, row)):
                    return NameReading(full, None, "abbreviation")
                return NameReading(row.name, row, "abbreviation")  # a translation of a name that the table knows
        for short, full in self.explained.items():
            if key(full) == key(text) and not self._by_table(text, label) and not _initials_spell(short, full.split()):
                row = self.table.find(short, self.countries, parties_only=label == "ACTOR")
                return NameReading(row.name, row, "abbreviation") if row else None
        return None

    def _by_table(self, text: str, label: str) -> NameReading | None:
        parties_only, speaking = label == "ACTOR", label == "SOURCE"
        for number, core in enumerate(cores(text, speaking=speaking)):
            row = self.table.find(core, self.countries, parties_only=parties_only)
            whole = number == 0 or _is_whole_name(core, text)
            if row and (whole or row.party != "state"):
                return NameReading(row.name, row, "name")
            if whole and (row := body_of_state(core, self.table, self.countries, speaking=speaking)):
                return NameReading(row.name, row, "name")
        if any(char.isupper() for char in text):
            row = self.table.find_like(text, self.countries, parties_only=parties_only)
            if row:
                return NameReading(row.name, row, "fuzzy")
        return None

    def read_generic_mentions(self) -> None:
        """Mentions by a noun alone, from the start of the article to its end: each may carry on the one before."""
        named = [(span.start, reading.row) for span, reading in self.readings.items() if reading.row]
        named.sort(key=itemgetter(0))
        for span in self.spans:
            if span in self.readings:
                continue
            twin = self.readings.get(Span(span.start, span.end, "ACTOR" if span.label == "SOURCE" else "SOURCE"))
            row = twin.row if twin and twin.row and twin.row.party else self._meant_by(span, named)
            if row:
                self.readings[span] = NameReading(row.name, row, "article")
                named.append((span.start, row))
                named.sort(key=itemgetter(0))

    def _meant_by(self, span: Span, named: Sequence[tuple[int, NameRow]]) -> NameRow | None:
        text = self.annotated.text_of(span)
        for core in cores(text, speaking=span.label == "SOURCE", qualified=True):
            phrase = generic_phrase(core)
            behind = key(text).removeprefix(key(core)).split()
            whole = not behind or singular(behind[0]) in BODY_NOUNS or span.label == "ACTOR"
            whole &= not any(other.start == span.start and other.end > span.end for other in self.spans)
            if not phrase or not self._may_refer(span, phrase, whole=whole):
                continue
            fitting = [(start, row) for start, row in named if self._fits(start, row, span, phrase)]
            if row := self._of_the_capital(span, core):
                return row
            if fitting:
                row = self._nearest(span.start, fitting)
                if row and not self._has_rival(span, phrase, fitting):
                    return row
            elif row := self._of_the_country(phrase, span.label):
                return row
        return None

    def _fits(self, start: int, row: NameRow, span: Span, phrase: str) -> bool:
        """Whether the phrase may take up a body named at ``start``; another state's only from close before."""
        if not (row.party or span.label == "SOURCE") or not row.is_called(phrase):
            return False
        if row.party not in OF_STATES or not self.countries or self.countries[0] in row.countries:
            return True
        return start < span.start and self.sentences.index(span.start) - self.sentences.index(start) <= FOREIGN_REACH

    def _has_rival(self, span: Span, phrase: str, fitting: Sequence[tuple[int, NameRow]]) -> bool:
        """Whether the article last named, by the same noun, a body that has no reading ("a local armed group")."""
        last = max((start for start, _ in fitting if start < span.start), default=-1)
        noun = singular(phrase.split()[-1])
        between = (other for other in self.spans if last < other.start < span.start and other not in self.readings)
        return any(
            len(words) > 1 and singular(words[-1]) == noun
            for words in (key(self.annotated.text_of(other)).split() for other in between)
        )

    def _may_refer(self, span: Span, phrase: str, *, whole: bool) -> bool:
        if not whole and not PEOPLE.issuperset(phrase.split()):  # "an army officer": the article is the person's
            return True
        before = self.annotated.text[max(span.start - 20, 0) : span.start]
        if INDEFINITE.search(before) and singular(phrase.split()[-1]) not in ONE_ONLY:
            return False
        words = key(self.annotated.text_of(span)).split()
        plural = singular(phrase) != phrase and phrase not in PLURALS_WITHOUT_ARTICLE
        plural |= singular(words[-1]) != words[-1] and PEOPLE.issuperset(phrase.split())
        return not plural or bool(DEFINITE.search(before))

    def _nearest(self, at: int, fitting: Sequence[tuple[int, NameRow]]) -> NameRow | None:
        """The body named last before ``at``; none where another stands in the same sentence, or it is too far off."""
        if len({row.id for _, row in fitting}) == 1:
            return fitting[0][1]
        before = [(self.sentences.index(start), row) for start, row in fitting if start < at]
        if not before:
            return None
        last, row = before[-1]
        rivals = {other.id for sentence, other in before if sentence == last} - {row.id}
        return None if rivals or self.sentences.index(at) - last > REACH else row

    def _of_the_capital(self, span: Span, core: str) -> NameRow | None:
        """The body of the state named beside it: "the defence ministry in Damascus", "In Kinshasa, the army"."""
        text = self.annotated.text
        beside = IN_CAPITAL.match(text, span.end) or FROM_CAPITAL.search(text[max(span.start - 40, 0) : span.start])
        if not beside:
            return None
        return body_of_state(f"{beside[1]} {core}", self.table, self.countries, speaking=span.label == "SOURCE")

    def _of_the_country(self, phrase: str, label: str) -> NameRow | None:
        """The article's country's own "army", "police" or "defence ministry", unless another state acts there too."""
        for country in self.countries if phrase != "agency" else ():  # as often one of news or of aid
            rows = [
                row
                for row in self.table.rows
                if country in row.countries
                and (row.party in NATIONAL or (row.source == "monitor" and label == "SOURCE"))
                and (row.party or label == "SOURCE")
                and row.is_called(phrase)
            ]
            if rows:
                row = rows[0]
                fights = row.party == "state_forces" or (row.party == "ministry" and row.source == "party")
                return None if len(rows) > 1 or (fights and self._has_army_of_another(country)) else row
        return None

    def _has_army_of_another(self, country: str) -> bool:
        """Whether the article names another state's army: as such, not by some of its soldiers or peacekeepers."""
        return any(
            reading.row is not None
            and reading.row.party == "state_forces"
            and country not in reading.row.countries
            and not ARMY_WORDS.isdisjoint(key(self.annotated.text_of(span)).split())
            for span, reading in self.readings.items()
        )

    def read_persons(self) -> None:
        """Surnames: the body of an earlier, fuller mention of the person ("SDF spokesman Redur Khalil", "Khalil")."""
        speakers = [span for span in self.spans if span.label == "SOURCE"]
        for number, span in enumerate(speakers):
            name = self.annotated.text_of(span)
            if span in self.readings or not name[:1].isupper() or len(name.split()) > 3:
                continue
            for earlier in reversed(speakers[:number]):
                reading = self.readings.get(earlier)
                if reading and reading.row and self.annotated.text_of(earlier).endswith(f" {name}"):
                    self.readings[span] = NameReading(reading.name, reading.row, "article")
                    break


def _is_whole_name(core: str, text: str) -> bool:
    """Whether nothing behind the name was taken off: "Syrian" alone must not stand for "Syrian fighters"."""
    return key(re.sub(r"\s*\([^)]*\)?$", "", text)).endswith(key(core))


def _shares_words(text: str, row: NameRow) -> bool:
    """Whether two words of a name of the body stand in the text, as in "Forces Democratic Syrian"."""
    words = set(key(text).split()) - SMALL_WORDS
    return any(len(words & set(key(alias).split())) > 1 for alias in (row.name, *row.aliases))


def _explained(text: str, spans: Sequence[Span]) -> dict[str, str]:
    """Abbreviations that the article explains, each with the full name in front of its brackets."""
    ends = {span.end: span for span in sorted(spans, key=lambda span: -span.start)}
    found: dict[str, str] = {}
    for match in BRACKET.finditer(text):
        short = match[1]
        if sum(char.isupper() for char in short) < 2 or short in found:
            continue
        span = ends.get(match.start())
        if span and not is_abbreviation(text[span.start : span.end]):
            found[short] = text[span.start : span.end]
            continue
        words = text[max(match.start() - 120, 0) : match.start()].split()
        for count in range(2, min(len(words), len(short) + 4) + 1):
            if words[-count][:1].isupper() and _initials_spell(short, words[-count:]):
                found[short] = " ".join(words[-count:])
                break
    return found


def _initials_spell(short: str, words: Sequence[str]) -> bool:
    """Whether an abbreviation is made of the first letters of the words; small words may be left out."""
    parts = [part for word in words for part in re.split(r"[-–]", word) if part]
    wanted = "".join(char for char in short.casefold() if char.isalpha())
    every = "".join(part[0] for part in parts).casefold()
    large = "".join(part[0] for part in parts if part.casefold() not in SMALL_WORDS).casefold()
    return wanted in (every, large)
