from __future__ import annotations

import pytest

from tolltrace.documents import AnnotatedDocument, Document
from training import splits

STORY = " ".join(f"word{n}" for n in range(200))


def test_near_duplicates_and_one_event_stay_together() -> None:
    documents = [
        Document("a", STORY),
        Document("b", STORY.replace("word50", "changed")),
        Document("c", "entirely other words stand here and nothing else", {"event": "e1"}),
        Document("d", "one more text about that same thing", {"event": "e1"}),
        Document("e", "alone"),
    ]
    assert sorted(map(sorted, splits.group(documents))) == [["a", "b"], ["c", "d"], ["e"]]
    sides = splits.assign(documents)
    assert sides["a"] == sides["b"] and sides["c"] == sides["d"]


def test_known_assignments_stay_and_new_ones_depend_on_ids_only() -> None:
    documents = [Document(f"d{n}", f"text number {n} " * 3) for n in range(60)]
    first = splits.assign(documents[:30])
    assert splits.assign(documents, first).items() >= first.items()
    assert splits.assign(documents[30:], first).items() >= first.items()
    assert splits.assign(documents[::-1]) == splits.assign(documents)
    assert set(splits.assign(documents).values()) == set(splits.SPLITS)


def test_contradictions_are_errors() -> None:
    twins = [Document("a", STORY), Document("b", STORY)]
    with pytest.raises(splits.SplitError, match="alike but assigned to"):
        splits.assign(twins, {"a": "train", "b": "test"})
    with pytest.raises(splits.SplitError, match="'a' is in no split"):
        splits.select([AnnotatedDocument(twins[0])], {}, "train")


def test_a_smaller_share_is_part_of_a_larger_one() -> None:
    documents = [AnnotatedDocument(Document(f"d{n}", "text")) for n in range(40)]
    shares = [[a.id for a in splits.part(documents, share)] for share in (0.25, 0.5, 1.0)]
    assert [len(part) for part in shares] == [10, 20, 40]
    assert set(shares[0]) < set(shares[1]) < set(shares[2])
    assert shares[1] == [a.id for a in documents if a.id in shares[1]]
