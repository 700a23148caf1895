"""New gold into a corpus whose splits stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tolltrace.documents import AnnotatedDocument, Document
from tolltrace.near_duplicates import near_duplicates
from training import splits


@dataclass
class Merged:
    """The merged corpus and its splits, and what became of each gold document: ``new`` in the corpus, with its split;
    ``replaced`` there, since its annotation is another; ``unchanged``; or ``left_out``, with the reason."""

    corpus: list[AnnotatedDocument]
    splits: dict[str, str]
    new: dict[str, str] = field(default_factory=dict)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def merge(
    corpus: Sequence[AnnotatedDocument],
    gold: Iterable[AnnotatedDocument],
    known: Mapping[str, str],
    beside: Sequence[AnnotatedDocument] = (),
    measured: Sequence[AnnotatedDocument] = (),
) -> Merged:
    """Merge by id. A document that the corpus has is replaced only where its text is the same. Near-duplicates and
    articles about one event go to the side of what they resemble; those that resemble documents of two sides are left
    out. ``known``: the splits, which stay; ``beside``: documents of the splits that stand in other files; ``measured``:
    texts that no model may learn, so that what resembles them is left out. Raises SplitError where ``known``
    contradicts itself."""
    merged = Merged(list(corpus), dict(known))
    places = {annotated.id: place for place, annotated in enumerate(corpus)}
    texts = {annotated.text: annotated.id for annotated in (*beside, *corpus)}
    elsewhere = {annotated.id for annotated in beside}
    new: dict[str, AnnotatedDocument] = {}
    for annotated in gold:
        name = annotated.id
        if name in places:
            _put(merged, places[name], annotated)
        elif name in elsewhere:
            merged.left_out[name] = "it is a joined text, which the corpus does not hold"
        elif annotated.text in texts:
            merged.left_out[name] = f"{texts[annotated.text]!r} has the same text"
        else:
            new[name] = annotated
            texts[annotated.text] = name
    merged.left_out |= _like_measured(new, measured)
    old = [annotated.document for annotated in (*corpus, *beside)]
    merged.left_out |= _between_sides(old, [a.document for n, a in new.items() if n not in merged.left_out], known)
    added = [annotated for name, annotated in sorted(new.items()) if name not in merged.left_out]
    merged.splits = splits.assign([*old, *(annotated.document for annotated in added)], dict(known))
    merged.corpus += added
    merged.new = {annotated.id: merged.splits[annotated.id] for annotated in added}
    return merged


def _put(merged: Merged, place: int, annotated: AnnotatedDocument) -> None:
    before = merged.corpus[place]
    if before.text != annotated.text:
        merged.left_out[annotated.id] = "the corpus has it with another text"
    elif (before.spans, before.links) == (annotated.spans, annotated.links):
        merged.unchanged.append(annotated.id)
    else:
        metadata = {**before.document.metadata, **annotated.document.metadata}
        merged.corpus[place] = replace(annotated, document=replace(annotated.document, metadata=metadata))
        merged.replaced.append(annotated.id)


def _like_measured(new: Mapping[str, AnnotatedDocument], measured: Sequence[AnnotatedDocument]) -> dict[str, str]:
    if not new or not measured:
        return {}
    # Two sets may use the same ids.
    named = [(("measured", a.id), a.text) for a in measured] + [(("new", name), a.text) for name, a in new.items()]
    left_out: dict[str, str] = {}
    for group in near_duplicates((f"{kind} {name}", text) for (kind, name), text in named).sets():
        kept = sorted(name.partition(" ")[2] for name in group if name.startswith("measured "))
        if kept:
            why = f"it resembles {kept[0]!r}, which serves for measuring"
            left_out |= {name.partition(" ")[2]: why for name in group if name.startswith("new ")}
    return left_out


def _between_sides(old: Sequence[Document], new: Sequence[Document], known: Mapping[str, str]) -> dict[str, str]:
    """New documents that join two sides: to learn from them, or to be tested on them, would be a leak."""
    left_out: dict[str, str] = {}
    strangers = {document.id for document in new}
    for members in splits.group([*old, *new]):
        like = {known[name]: name for name in members if name in known}
        if len(like) > 1:
            why = "it resembles " + " and ".join(f"{name!r} ({side})" for side, name in sorted(like.items()))
            left_out |= {name: why for name in members if name in strangers}
    return left_out
