"""Where annotators of the same articles differ: places, articles, phrases, and what is taken for what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from tolltrace.disjoint import DisjointSets
from tolltrace.documents import AnnotatedDocument, Link, Span

NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Article:
    """Two or more versions of one article, by annotator. They have one text."""

    id: str
    versions: Mapping[str, AnnotatedDocument]

    @property
    def text(self) -> str:
        return next(iter(self.versions.values())).text

    @property
    def title(self) -> str:
        titles = (version.document.metadata.get("title") for version in self.versions.values())
        return next((title for title in titles if isinstance(title, str) and title.strip()), "")


@dataclass(frozen=True, slots=True)
class Difference:
    """A place of the text with spans that not all annotators have, and what each of them has there: spans of one layer
    that overlap, and those of other layers over the very same words. No spans: the annotator marked nothing."""

    start: int
    end: int
    answers: Mapping[str, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class LinkDifference:
    """Two spans that annotators link differently: the links of each. ``on_shared_spans``: all marked both spans; else
    the links differ because the spans do."""

    head: Span
    tail: Span
    answers: Mapping[str, tuple[str, ...]]
    on_shared_spans: bool


@dataclass(frozen=True, slots=True)
class Share:
    """Distinct spans or links that were marked, and how many of them all annotators have; ``disagreement``, from 0 to
    1: of what one marked, how much another did not (1 - F1, over all pairs of annotators)."""

    marked: int
    agreed: int
    disagreement: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How much the annotators of one article differ."""

    id: str
    title: str
    annotators: tuple[str, ...]
    spans: Share
    links: Share
    disagreement: float


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that annotators mark differently: at how many places of how many articles, at how many others they agree,
    and for each answer how often who gave it. The most frequent answer comes first."""

    words: str
    places: int
    articles: int
    agreed: int
    answers: Mapping[str, Mapping[str, int]]


@dataclass(slots=True)
class _Use:
    """What is known so far of some words."""

    forms: Counter[str] = field(default_factory=Counter)
    articles: set[str] = field(default_factory=set)
    answers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def differences(article: Article) -> list[Difference]:
    """In the order of the text."""
    disputed = sorted(span for span, who in _spans(article).items() if len(who) < len(article.versions))
    sets = DisjointSets(disputed)
    for left, right in _touching(disputed):
        if left.layer == right.layer or (left.start, left.end) == (right.start, right.end):
            sets.join(right, left)
    groups = sets.sets()
    group_of = {span: i for i, group in enumerate(groups) for span in group}
    answers: list[dict[str, list[Span]]] = [{name: [] for name in article.versions} for _ in groups]
    for name, version in article.versions.items():
        for span in version.spans:
            if (place := group_of.get(span)) is not None:
                answers[place][name].append(span)
    found = [
        Difference(min(s.start for s in group), max(s.end for s in group), {n: tuple(a) for n, a in given.items()})
        for group, given in zip(groups, answers, strict=True)
    ]
    return sorted(found, key=lambda d: (d.start, d.end))


def link_differences(article: Article) -> list[LinkDifference]:
    """In the order of their heads in the text."""
    pairs: dict[tuple[Span, Span], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, version in article.versions.items():
        for link in version.links:
            pairs[link.head, link.tail][name].append(link.label)
    marked = _spans(article)
    found = []
    for (head, tail), given in sorted(pairs.items()):
        answers = {name: tuple(given.get(name, ())) for name in article.versions}
        if len(set(answers.values())) > 1:
            shared = len(marked[head]) == len(marked[tail]) == len(article.versions)
            found.append(LinkDifference(head, tail, answers, shared))
    return found


def rank(articles: Iterable[Article]) -> list[Standing]:
    """Articles by how much of what was marked is not agreed, the most disputed first."""
    return sorted((standing(article) for article in articles), key=lambda s: (-s.disagreement, s.id))


def standing(article: Article) -> Standing:
    spans = [len(who) for who in _spans(article).values()]
    links = [len(who) for who in _links(article).values()]
    size = len(article.versions)
    return Standing(
        article.id,
        article.title,
        tuple(article.versions),
        _share(spans, size),
        _share(links, size),
        _share(spans + links, size).disagreement,
    )


def phrases(articles: Iterable[Article]) -> list[Phrase]:
    """Words that are marked differently at one place at least, those of the most places first. Upper and lower case
    and the kind of white space make no difference."""
    uses: dict[str, _Use] = defaultdict(_Use)
    agreed: Counter[str] = Counter()
    for article in articles:
        for span, who in _spans(article).items():
            if len(who) == len(article.versions):
                agreed[_plain(article.text[span.start : span.end])] += 1
        for difference in differences(article):
            words = article.text[difference.start : difference.end]
            use = uses[_plain(words)]
            use.forms[" ".join(words.split())] += 1
            use.articles.add(article.id)
            for name, spans in difference.answers.items():
                use.answers[say(article.text, difference, spans)][name] += 1
    found = [
        Phrase(
            use.forms.most_common(1)[0][0],
            use.forms.total(),
            len(use.articles),
            agreed[words],
            {a: dict(c) for a, c in sorted(use.answers.items(), key=lambda item: -item[1].total())},
        )
        for words, use in uses.items()
    ]
    return sorted(found, key=lambda p: (-p.places, -p.articles, p.words))


def say(text: str, difference: Difference, spans: Sequence[Span]) -> str:
    """An answer in words: its labels, with the words where they are fewer than those in question."""
    parts = []
    for span in spans:
        whole = (span.start, span.end) == (difference.start, difference.end)
        parts.append(span.label if whole else f"{span.label} “{' '.join(text[span.start : span.end].split())}”")
    return ", ".join(parts) or NOTHING


def confusions(articles: Iterable[Article]) -> dict[str, dict[tuple[str, str], int]]:
    """What one annotator has where another has something else, over all pairs of them: for ``spans`` and, between spans
    that all marked, ``links``; the frequent ones first. ``(COUNT, COUNT)``: the same label with other borders."""
    spans: Counter[tuple[str, str]] = Counter()
    links: Counter[tuple[str, str]] = Counter()
    for article in articles:
        for difference in differences(article):
            answers = list(difference.answers.values())
            spans.update(_pairs([tuple(s.label for s in a) for a in answers], answers))
        for other in link_differences(article):
            if other.on_shared_spans:
                links.update(_pairs(list(other.answers.values()), list(other.answers.values())))
    return {"spans": dict(spans.most_common()), "links": dict(links.most_common())}


def _pairs(names: Sequence[tuple[str, ...]], answers: Sequence[tuple[object, ...]]) -> Iterable[tuple[str, str]]:
    for i, j in combinations(range(len(answers)), 2):
        if answers[i] != answers[j]:
            one, other = sorted(", ".join(names[k]) or NOTHING for k in (i, j))
            yield (other, one) if one == NOTHING else (one, other)


def _touching(spans: Sequence[Span]) -> Iterable[tuple[Span, Span]]:
    """Pairs that overlap, of sorted spans."""
    for i, left in enumerate(spans):
        for right in spans[i + 1 :]:
            if right.start >= left.end:
                break
            yield left, right


def _spans(article: Article) -> dict[Span, list[str]]:
    """Who has each span."""
    found: dict[Span, list[str]] = defaultdict(list)
    for name, version in article.versions.items():
        for span in version.spans:
            found[span].append(name)
    return found


def _links(article: Article) -> dict[Link, list[str]]:
    found: dict[Link, list[str]] = defaultdict(list)
    for name, version in article.versions.items():
        for link in version.links:
            found[link].append(name)
    return found


def _share(having: Sequence[int], annotators: int) -> Share:
    """``having``: how many annotators have each thing."""
    compared = sum(number * (annotators - 1) for number in having)
    matched = sum(number * (number - 1) for number in having)
    agreed = sum(number == annotators for number in having)
    return Share(len(having), agreed, 1 - matched / compared if compared else 0.0)


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())
