"""The table of parties and sources: who a name, an abbreviation or a spelling stands for.

One CSV file, ``names.csv``, that an analyst can edit; its columns are described beside it. A name that stands for two
bodies is allowed where the country of the article tells them apart; loading refuses the table otherwise.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import get_args

from rapidfuzz import fuzz, process

from tolltrace.claims.claim import SourceKind
from tolltrace.resolving import GAZETTEERS
from tolltrace.words import word_set

NAMES_FILE = "names.csv"
COLUMNS = ("id", "name", "aliases", "party", "source", "countries", "conflicts", "parent", "generic", "from")
PARTY_KINDS = word_set("state state_forces police ministry government armed_group militia coalition international gang")
"""``government``: one that other states do not recognise; ``international``: a mission or union that sends no army."""
SOURCE_KINDS = frozenset(get_args(SourceKind)) - {"unknown"}
DROPPED = word_set("the al el")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
COUNTRY = re.compile(r"[A-Z]{2}")
SPELLINGS = {"defense": "defence", "center": "centre", "program": "programme", "centers": "centres"}
FUZZY_CUTOFF = 90.0
FUZZY_WORD_CUTOFF = 75.0
FUZZY_LETTERS = 8
WORDS_TOO = word_set("AIS APP ANA CARE CAR FLA ICE MAP MEND MIT MODEL NAN PLAN RIC SAC SITE TIP WHO")
"""Abbreviations that, in small letters or as a capitalised word, are something else."""
SHOWN = 10


class NamesError(ValueError):
    """A table that cannot be used; the message names file, line and what to change."""


@dataclass(frozen=True, slots=True)
class NameRow:
    """A body of the table. ``party`` and ``source`` are its kinds; one may be ``None``, a party can always speak."""

    id: str
    name: str
    aliases: tuple[str, ...]
    party: str | None
    source: SourceKind | None
    countries: tuple[str, ...]
    conflicts: tuple[str, ...]
    parent: str | None
    generic: frozenset[str] = field(hash=False)
    origin: str = field(compare=False)
    line: int = field(compare=False)

    @property
    def source_kind(self) -> SourceKind:
        """The kind it has where it speaks."""
        return self.source or "party"

    def is_called(self, phrase: str) -> bool:
        """Whether generic words (a :func:`key`) may stand for it: as a phrase, or each of them alone."""
        words = [singular(word) for word in phrase.split()]
        return " ".join(words) in self.generic or (bool(words) and all(word in self.generic for word in words))


@lru_cache(maxsize=65536)
def key(text: str) -> str:
    """What two spellings of a name share: letters without case, accents, points, hyphens, articles, "'s" or "-ize"."""
    plain = text
    if not text.isascii():
        for _ in range(2):  # folding case may bring back what decomposing took apart
            decomposed = unicodedata.normalize("NFKD", plain).casefold().replace("ı", "i").replace("ø", "o")
            plain = "".join(char for char in decomposed if not unicodedata.combining(char))
        plain = re.sub("[’‘ʼʻ`´]", "'", plain)
    plain = plain.casefold()
    plain = re.sub(r"'s\b|'", "", plain)
    plain = re.sub(r"(?<=\b[^\W_])\.(?=[^\W_]\b|\W|$)", "", plain)  # "u.s.", not "fled.the"
    plain = plain.replace("united nations", "un")
    words = re.findall(r"[^\W_]+", plain)
    kept = [word for word in words if word not in DROPPED] or words
    return " ".join(SPELLINGS.get(word) or re.sub("iz(?=ation)", "is", word) for word in kept)


def singular(word: str) -> str:
    """A noun without the "s" of its plural."""
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def is_abbreviation(text: str) -> bool:
    """Whether a name is written as one: short, and in capitals but for a plural's "s"."""
    signs = [char for char in text.removesuffix("s") if char.isalnum()]
    letters = [char for char in signs if char.isalpha()]
    return 2 <= len(signs) <= 7 and bool(letters) and " " not in text and all(char.isupper() for char in letters)


class NameTable:
    """The rows of the table and the ways to them."""

    def __init__(self, rows: Sequence[NameRow]) -> None:
        self.rows = tuple(rows)
        self.by_id = {row.id: row for row in rows}
        self.children: dict[str, list[NameRow]] = defaultdict(list)
        self._spellings: dict[str, list[tuple[str, NameRow]]] = defaultdict(list)
        for row in rows:
            if row.parent:
                self.children[row.parent].append(row)
            for alias in (row.name, *row.aliases):
                self._spellings[key(alias)].append((alias, row))
        self._vocabulary = {word for spelling in self._spellings for word in spelling.split()}
        self._blocks: dict[tuple[str, int], list[str]] = defaultdict(list)
        for spelling, entries in self._spellings.items():
            if not all(is_abbreviation(alias) for alias, _ in entries):
                self._blocks[_block(spelling)].append(spelling)

    def lineage(self, row: NameRow) -> list[NameRow]:
        """The body and those it belongs to, itself first."""
        found = [row]
        while found[-1].parent:
            found.append(self.by_id[found[-1].parent])
        return found

    def find(self, text: str, countries: Sequence[str] = (), *, parties_only: bool = False) -> NameRow | None:
        """The body that a name stands for, or ``None`` where the table knows none or cannot tell several apart."""
        spelling = key(text)
        for known in (spelling, spelling[:-1] if spelling.endswith("s") else ""):
            entries = [entry for entry in self._spellings.get(known, ()) if known == spelling or entry[1].party]
            rows = [row for alias, row in entries if _is_written_like(text, alias, row)]
            if rows:
                return choose(rows, countries, parties_only=parties_only)
        return None

    def find_like(self, text: str, countries: Sequence[str] = (), *, parties_only: bool = False) -> NameRow | None:
        """The body with a name that differs from this one by slips of spelling only; never for abbreviations."""
        spelling = key(text)
        words = spelling.split()
        if is_abbreviation(text) or (len(words) < 2 and len(spelling) < FUZZY_LETTERS):
            return None
        near = process.extract(
            spelling, self._blocks.get(_block(spelling), ()), scorer=fuzz.ratio, score_cutoff=FUZZY_CUTOFF, limit=5
        )
        alike = next((known for known, _, _ in near if self._is_slip(words, known.split())), "")
        return choose((row for _, row in self._spellings.get(alike, ())), countries, parties_only=parties_only)

    def _is_slip(self, words: list[str], known: list[str]) -> bool:
        """Every word that differs is long, holds no figure and is no word of another name ("Northern", "Health")."""
        return all(
            word == other
            or (
                word not in self._vocabulary
                and singular(word) not in self._vocabulary
                and word.isalpha()
                and min(len(word), len(other)) >= 4
                and fuzz.ratio(word, other) >= FUZZY_WORD_CUTOFF
            )
            for word, other in zip(words, known, strict=True)
        )


def choose(rows: Iterable[NameRow], countries: Sequence[str], *, parties_only: bool = False) -> NameRow | None:
    """The one row of several, by the article's countries, most likely first; else the one that is of no country."""
    left = list({row.id: row for row in rows if row.party or not parties_only}.values())
    if len(left) < 2:
        return left[0] if left else None
    for country in countries:
        here = [row for row in left if country in row.countries]
        if here:
            return here[0] if len(here) == 1 else None
    anywhere = [row for row in left if not row.countries]
    return anywhere[0] if len(anywhere) == 1 else None


def load_names(path: Path = GAZETTEERS) -> NameTable:
    """The table in ``names.csv`` of a folder (or in a file); :class:`NamesError` lists what is wrong with its rows."""
    path = path / NAMES_FILE if path.is_dir() else path
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows, problems = _read(path, csv.reader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NamesError(f"{path}: cannot be read as a CSV file in UTF-8: {error}") from error
    problems += _problems_between(path, rows)
    if problems:
        more = [f"and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
        raise NamesError("\n".join(problems[:SHOWN] + more))
    return NameTable(rows)


def _block(spelling: str) -> tuple[str, int]:
    return spelling[:1], spelling.count(" ")


def _is_written_like(text: str, alias: str, row: NameRow) -> bool:
    """Whether case allows it: "IS" is no "is", "Isis" is "ISIS", "Guardian" is no "guardian"."""
    if not is_abbreviation(alias):
        return bool(row.party) or not (text.islower() and alias[:1].isupper())
    bare = "".join(char for char in text if char.isalnum())
    capitals = sum(char.isupper() or char.isdigit() for char in bare)
    if capitals >= max(len(bare) - 1, 2):
        return True
    return len(bare) >= 3 and bare[0].isupper() and alias.upper() not in WORDS_TOO


def _cells(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|")) if cell.strip() else ()


def _read(path: Path, lines: Iterable[list[str]]) -> tuple[list[NameRow], list[str]]:
    rows: list[NameRow] = []
    problems: list[str] = []
    for number, cells in enumerate(lines, start=1):
        where = f"{path}:{number}"
        if number == 1:
            if tuple(cells) != COLUMNS:
                raise NamesError(f"{where}: the first line must name the columns {','.join(COLUMNS)}")
            continue
        if len(cells) != len(COLUMNS):
            problems.append(f"{where}: {len(cells)} cells instead of {len(COLUMNS)}; cells with a comma need quotes")
            continue
        row = dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=True))
        if wrong := _problem_in(row):
            problems.append(f"{where}: {wrong}")
            continue
        rows.append(
            NameRow(
                id=row["id"],
                name=row["name"],
                aliases=_cells(row["aliases"]),
                party=row["party"] or None,
                source=row["source"] or None,  # type: ignore[arg-type] # checked above
                countries=_cells(row["countries"]),
                conflicts=_cells(row["conflicts"]),
                parent=row["parent"] or None,
                generic=frozenset(" ".join(map(singular, key(noun).split())) for noun in _cells(row["generic"])),
                origin=row["from"],
                line=number,
            )
        )
    return rows, problems


def _problem_in(row: dict[str, str]) -> str | None:
    if not SLUG.fullmatch(row["id"]):
        return f"id {row['id']!r} must be small letters, digits and single hyphens"
    if not all(key(name) for name in (row["name"], *_cells(row["aliases"]), *_cells(row["generic"]))):
        return "a name, alias or generic noun has no letter; remove it or a '|' too many"
    if not row["party"] and not row["source"]:
        return "neither party nor source has a kind"
    if row["party"] and row["party"] not in PARTY_KINDS:
        return f"party {row['party']!r} must be one of {', '.join(sorted(PARTY_KINDS))}"
    if row["source"] and row["source"] not in SOURCE_KINDS:
        return f"source {row['source']!r} must be one of {', '.join(sorted(SOURCE_KINDS))}"
    for country in _cells(row["countries"]):
        if not COUNTRY.fullmatch(country):
            return f"country {country!r} must be two capitals (ISO 3166-1)"
    if not row["from"]:
        return "column from is empty; say where the row comes from"
    return None


def _problems_between(path: Path, rows: Sequence[NameRow]) -> list[str]:
    problems: list[str] = []
    ids: dict[str, NameRow] = {}
    spellings: dict[str, dict[str, tuple[str, NameRow]]] = defaultdict(dict)
    for row in rows:
        if row.id in ids:
            problems.append(f"{path}:{row.line}: id {row.id!r} stands in line {ids[row.id].line} already")
        ids.setdefault(row.id, row)
        for alias in (row.name, *row.aliases):
            for _, other in spellings[key(alias)].values():
                if other.id != row.id and not _are_told_apart(row, other):
                    problems.append(
                        f"{path}:{row.line}: {alias!r} stands for {row.id!r} and, in {path}:{other.line}, for "
                        f"{other.id!r}; give the two different countries, or remove it from one"
                    )
            spellings[key(alias)].setdefault(row.id, (alias, row))
    for row in rows:
        seen, parent = {row.id}, row.parent
        while parent:
            if parent not in ids:
                problems.append(f"{path}:{row.line}: parent {parent!r} is the id of no row")
                break
            if parent in seen:
                problems.append(f"{path}:{row.line}: {row.id!r} is its own parent, by way of {parent!r}")
                break
            seen.add(parent)
            parent = ids[parent].parent
    return problems


def _are_told_apart(one: NameRow, other: NameRow) -> bool:
    if not one.countries or not other.countries:
        return bool(one.countries) != bool(other.countries)
    return not set(one.countries) & set(other.countries)
