"""Texts that are nearly the same: a story that several outlets print, an article that was taken twice."""

from __future__ import annotations

import re
from collections.abc import Iterable

from datasketch import MinHash, MinHashLSH

from tolltrace.disjoint import DisjointSets

SHINGLE = 5
SIMILAR = 0.5
PERMUTATIONS = 128


def shingles(text: str) -> set[str]:
    """Runs of five lower-case words; a shorter text is one run."""
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))}


def near_duplicates(texts: Iterable[tuple[str, str]]) -> DisjointSets[str]:
    """Names of texts, joined where about half of their shingles are the same (MinHash); ``texts`` are (name, text)."""
    joined: DisjointSets[str] = DisjointSets()
    index = MinHashLSH(threshold=SIMILAR, num_perm=PERMUTATIONS)
    for name, text in texts:
        sketch = MinHash(num_perm=PERMUTATIONS, seed=1)
        sketch.update_batch([run.encode() for run in sorted(shingles(text))])
        joined.root(name)
        for other in index.query(sketch):
            joined.join(name, other)
        index.insert(name, sketch)
    return joined
