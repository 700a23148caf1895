"""What the annotators of an article agree on, and which articles that settles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal

from annotation.disagreement import Article
from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Document, Link, Span

Standing = Literal["agreed", "disputed", "single", "texts"]
AGREED: Standing = "agreed"
DISPUTED: Standing = "disputed"
SINGLE: Standing = "single"
TEXTS: Standing = "texts"


@dataclass(frozen=True, slots=True)
class Case:
    """An article with its versions. ``standing``: all of two or more versions are the same; they differ; there is only
    one; or they are of different texts, and cannot be compared."""

    article: Article
    standing: Standing

    @property
    def id(self) -> str:
        return self.article.id

    @property
    def annotators(self) -> tuple[str, ...]:
        return tuple(self.article.versions)

    @property
    def first(self) -> AnnotatedDocument:
        return next(iter(self.article.versions.values()))


def cases(versions: Mapping[str, Iterable[AnnotatedDocument]]) -> list[Case]:
    """Every article that an annotator has, by id. ``versions``: by annotator, as ``snapshot.read_versions`` gives
    them."""
    held: dict[str, dict[str, AnnotatedDocument]] = {}
    for annotator, documents in versions.items():
        for version in documents:
            held.setdefault(version.id, {})[annotator] = version
    return [Case(Article(name, given), _standing(given)) for name, given in sorted(held.items())]


def _standing(versions: Mapping[str, AnnotatedDocument]) -> Standing:
    first, *others = versions.values()
    if not others:
        return SINGLE
    if any(other.text != first.text for other in others):
        return TEXTS
    return AGREED if all(is_same(first, other) for other in others) else DISPUTED


def is_same(one: AnnotatedDocument, other: AnnotatedDocument) -> bool:
    """Whether two versions of a text say the same; ids, scores and metadata apart."""
    return (one.text, one.spans, one.links) == (other.text, other.spans, other.links)


def agreed_part(article: Article) -> AnnotatedDocument:
    """The spans and links that all versions have. A figure needs a ``harm`` link: where the versions have none in
    common, the figure is left out too, with its other links."""
    versions = list(article.versions.values())
    spans: set[Span] = reduce(set.__and__, (set(version.spans) for version in versions))
    links: set[Link] = reduce(set.__and__, (set(version.links) for version in versions))
    needed = {link.name for link in scheme.LINKS if link.at_least}
    for name in needed:
        linked = {link.head for link in links if link.label == name}
        spans -= {span for span in spans if span.label in scheme.COUNT_LABELS and span not in linked}
    links = {link for link in links if link.head in spans and link.tail in spans}
    return bare(AnnotatedDocument(versions[0].document, tuple(spans), tuple(links)))


def bare(annotated: AnnotatedDocument, document: Document | None = None) -> AnnotatedDocument:
    """The same annotation without scores and without the ids of whoever made it. ``document``: instead of its own."""
    ends = {span: replace(span, score=None, id="") for span in annotated.spans}
    links = tuple(Link(ends[link.head], link.label, ends[link.tail]) for link in annotated.links)
    return AnnotatedDocument(document or annotated.document, tuple(ends.values()), links)
