"""Extract claims from a clone: ``python scripts/extract.py INPUT... --out DIR``, the same as ``tolltrace extract``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tolltrace.cli import app

if __name__ == "__main__":
    app(["extract", *sys.argv[1:]], prog_name="extract.py")
