"""A careful system of rules: names from the gazetteers, patterns for numerals, dates, harm and means.

It knows what the project's tables know and nothing of the annotated texts; its word lists were written before it was
scored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from tolltrace.claims import Claim, build_claims, read_count
from tolltrace.documents import AnnotatedDocument, Document, Link, Span
from tolltrace.reading import find_set_aside, ranges_to_read
from tolltrace.resolving.gazetteer import Gazetteer
from tolltrace.resolving.names import NameTable, load_names
from tolltrace.sentences import Sentences
from training.baselines.rule_links import find_links, linked

QUALIFIER = (
    r"at least|more than|over|up to|about|around|some|nearly|almost|fewer than|less than|an estimated|approximately|"
    r"as many as|no fewer than|no less than"
)
UNIT = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
NUMERAL = re.compile(
    rf"\b(?:(?:{QUALIFIER}) )?(?:\d+(?:[,.]\d{{3}})*(?: (?:million|thousand|hundred))?(?: to \d+)?|"
    rf"(?:{UNIT})(?:-(?:{UNIT}))?(?: (?:hundred|thousand))?|dozens|hundreds|thousands|scores|several|many|"
    r"a few|an?(?= \w+ (?:was|were|died))|no(?= (?:one|casualties|civilians)))\b(?![-\d%])",
    re.IGNORECASE,
)
NOT_PEOPLE = re.compile(
    r"\s*(?:percent|per cent|%|km|kilomet|miles?|metres?|meters?|days?|weeks?|months?|years?|hours?|minutes?|votes?|"
    r"dollars?|houses?|homes?|vehicles?|tanks?|villages?|towns?|tonnes?|tons?|a\.m|p\.m|st\b|nd\b|rd\b|th\b)",
    re.IGNORECASE,
)
VICTIMS = re.compile(
    r"(?:(?:[A-Z][a-z]+|SDF|IS|YPG|PKK|young|unarmed|armed|government|army|security|Iraqi|Syrian|local|other) )?"
    r"\b(?:civilians?|people|persons?|soldiers?|fighters?|militants?|children|child|women|woman|men|man|boys?|girls?|"
    r"policemen|police officers?|officers?|rebels?|troops|terrorists?|jihadists?|insurgents?|gunmen|villagers?|"
    r"residents?|families|family|members?|worshippers?|journalists?|students?|others|guards?|refugees?|hostages?|"
    r"farmers?|herders?|elders?|militiamen|combatants?|personnel|passengers?|bystanders?|workers?|prisoners?)\b"
)
HARM = {
    "KILLED": r"kill(?:ed|ing|s)?|deaths?|dead|died|dies?|slain|bodies|massacred?|execut(?:ed|ions?)|deadly|fatal|"
    r"shot dead|death toll|murdered|beheaded|martyred|neutrali[sz]ed",
    "INJURED": r"wounded|wounding|injur(?:ed|ing|es)|hurt|maimed",
    "DISPLACED": r"displac(?:ed|ing)|fled|flee(?:ing)?|uprooted|evacuated",
    "DETAINED": r"detained|abducted|kidnapped|captured|arrested|hostages?|jailed|seized|taken prisoner",
    "MISSING": r"missing|disappeared|unaccounted for",
    "HARMED": r"casualties|losses",
}
MEANS = re.compile(
    r"\b(?:(?:suicide|car|roadside|barrel|cluster|truck|drone|mortar|rocket|missile|artillery|air|aerial|mine) )?"
    r"(?:air ?strikes?|strikes?|bomb(?:s|ing|ings|ed|ardment)?|shell(?:ing|ed|s)|explosions?|blasts?|ambush(?:ed)?|"
    r"gunfire|gun battle|clash(?:es|ed)?|fighting|battles?|mortars?|rockets?|missiles?|landmines?|mines?|raids?|"
    r"sniper|shooting|shot|artillery|drones?|grenades?|barrel bombs?|suicide attack|car bomb|crossfire)\b",
    re.IGNORECASE,
)
PARTIES = re.compile(
    r"\b(?:rebels?|militants?|gunmen|insurgents?|jihadists?|fighters|terrorists?|army|troops|forces|police|"
    r"security forces|military|regime|government|coalition|militias?|opposition|separatists?|warplanes|"
    r"(?:US|U\.S\.|Saudi|Turkish|Russian|Iranian)-(?:led|backed))\b"
)
SPEAKERS = re.compile(
    r"\b(?:(?:local|military|security|medical|police|government|hospital|health|army|defen[cs]e|interior|rights|aid) )*"
    r"(?:activists?|officials?|residents?|witness(?:es)?|medics?|doctors?|monitors?|sources?|spokes(?:man|woman|person)|"
    r"ministry|authorities|police|army|villagers?|observatory|commander|governor|report)\b"
)
SAYS = re.compile(
    r"\b(?:said|says|say|told|reported|reports|according to|announced|confirmed|claimed|denied|added|stated|estimates?|"
    r"accused|blamed)\b"
)
DATE = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?: (?:night|morning|evening|afternoon))?|today|yesterday|"
    r"overnight|last (?:week|month|year|night)|this (?:week|month|year)|"
    r"(?:\d{1,2} )?(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?: \d{1,2})?(?:,? \d{4})?|(?:19|20)\d\d)\b"
)
SUMMED = re.compile(
    r"\b(?:since|so far|in total|altogether|this year|last year|over the (?:past|last)|in the (?:past|last)|"
    r"during the|in recent|total of|have been killed|death toll from the (?:war|conflict))\b",
    re.IGNORECASE,
)
SAID = r"(?:said|says|told|reported|announced|confirmed|claimed|denied|added|stated)\b"
SPEAKS = re.compile(rf"\s*(?:,[^,.]{{3,60}},)? ?{SAID}")
SPOKEN_OF = re.compile(r"\b(?:according to|said|told|says)(?: the| a| an)? (?:[a-z]+ )?$")
PLACED = re.compile(r"\b(?:in|at|near|from|of|outside|across|around|into|towards|inside|between)(?: the)? $")
CAPITALISED = re.compile(r"[A-Z][\w'’-]*(?:[ -](?:al-|de |of |the |and )?[A-Z][\w'’-]*){0,4}")


class RuleSystem:
    """Rules behind ``training.systems.System``."""

    name = "rules"
    version = "rules-1"

    @cached_property
    def names(self) -> NameTable:
        return load_names()

    @cached_property
    def places(self) -> Gazetteer:
        return Gazetteer.load()

    def read(self, documents: Sequence[Document]) -> list[AnnotatedDocument]:
        return [self._read(document) for document in documents]

    def link(self, gold: Sequence[AnnotatedDocument]) -> list[list[Link]]:
        return [find_links(annotated.text, annotated.spans) for annotated in gold]

    def claims(self, annotated: AnnotatedDocument) -> list[Claim]:
        return build_claims(annotated, (), model=self.version)

    def _read(self, document: Document) -> AnnotatedDocument:
        body = ranges_to_read(document.text, find_set_aside(document.text))
        chosen: list[Span] = []
        for span in self._candidates(document.text):
            within = any(start <= span.start and span.end <= end for start, end in body)
            if within and not any(span.layer == other.layer and span.overlaps(other) for other in chosen):
                chosen.append(span)
        return linked(document, chosen)

    def _candidates(self, text: str) -> Iterator[Span]:
        """Spans in order of trust: of one layer the first wins where two overlap."""
        for found in DATE.finditer(text):
            yield Span(found.start(), found.end(), "DATE")
        yield from self._figures(text)
        for label, words in HARM.items():
            for found in re.finditer(rf"\b(?:{words})\b", text, re.IGNORECASE):
                yield Span(found.start(), found.end(), label)
        for found in VICTIMS.finditer(text):
            yield Span(found.start(), found.end(), "VICTIM")
        for found in MEANS.finditer(text):
            yield Span(found.start(), found.end(), "MEANS")
        yield from self._speakers(text)
        yield from self._names(text)
        for found in PARTIES.finditer(text):
            yield Span(found.start(), found.end(), "ACTOR")

    def _figures(self, text: str) -> Iterator[Span]:
        sentences = Sentences(text)
        harmed = {sentences.index(m.start()) for w in HARM.values() for m in re.finditer(rf"\b(?:{w})\b", text, re.I)}
        summed = {sentences.index(found.start()) for found in SUMMED.finditer(text)}
        dates = [(found.start(), found.end()) for found in DATE.finditer(text)]
        for found in NUMERAL.finditer(text):
            count = read_count(found[0])
            known = count.min is not None or count.max is not None or count.bound == "vague"
            in_date = any(start < found.end() and found.start() < end for start, end in dates)
            if known and not in_date and not NOT_PEOPLE.match(text, found.end()):
                sentence = sentences.index(found.start())
                if sentence in harmed:
                    yield Span(found.start(), found.end(), "TOTAL" if sentence in summed else "COUNT")

    def _speakers(self, text: str) -> Iterator[Span]:
        """Named bodies and nouns of those who speak, in a sentence in which somebody says something."""
        sentences = Sentences(text)
        saying = {sentences.index(found.start()) for found in SAYS.finditer(text)}
        for found in CAPITALISED.finditer(text):
            if SPEAKS.match(text, found.end()) or SPOKEN_OF.search(text, max(found.start() - 40, 0), found.start()):
                yield Span(found.start(), found.end(), "SOURCE")
                continue
            for start, end in _parts(found):
                row = self.names.find(text[start:end])
                if row is not None and row.source and sentences.index(start) in saying:
                    yield Span(start, end, "SOURCE")
                    break
        for found in SPEAKERS.finditer(text):
            if sentences.index(found.start()) in saying:
                yield Span(found.start(), found.end(), "SOURCE")

    def _names(self, text: str) -> Iterator[Span]:
        for found in CAPITALISED.finditer(text):
            taken = found.start()
            for start, end in _parts(found):
                if start < taken:
                    continue
                words = text[start:end]
                if self.names.find(words, parties_only=True) is not None:
                    yield Span(start, end, "ACTOR")
                    taken = end
                elif len(words) > 3 and any(likeness > 0.9 for _, likeness in self.places.named(words)[:1]):
                    yield Span(start, end, "LOCATION")
                    taken = end
            if taken == found.start() and PLACED.search(text, max(found.start() - 20, 0), found.start()):
                yield Span(found.start(), found.end(), "LOCATION")


def _parts(found: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Runs of the words of a capitalised phrase, from each word on the longest first."""
    words = [(found.start() + m.start(), found.start() + m.end()) for m in re.finditer(r"[^ ]+", found[0])]
    for first in range(len(words)):
        for last in range(len(words) - 1, first - 1, -1):
            end = words[last][1]
            yield words[first][0], end - 2 if found.string[end - 2 : end] in ("'s", "’s") else end
