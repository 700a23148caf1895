"""Sourced casualty claims from news on armed conflict, each with its evidence in the text.

>>> from tolltrace import Document, Extractor
>>> extractor = Extractor.from_pretrained()
>>> for result in extractor.extract([Document("a1", "Shelling killed 20 civilians, activists said.")]):
...     print(result.claims)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tolltrace.documents import AnnotatedDocument, Document, DocumentError, Link, Span

if TYPE_CHECKING:
    from tolltrace.claims import Claim
    from tolltrace.pipeline import Extraction, Extractor

__version__ = "0.1.0"
__all__ = [
    "AnnotatedDocument",
    "Claim",
    "Document",
    "DocumentError",
    "Extraction",
    "Extractor",
    "Link",
    "Span",
    "__version__",
]

# PyTorch takes seconds to import, so that what needs it is loaded when it is first asked for.
_LATER = {"Claim": "tolltrace.claims", "Extraction": "tolltrace.pipeline", "Extractor": "tolltrace.pipeline"}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
