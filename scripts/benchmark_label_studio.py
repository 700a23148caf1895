"""Push thousands of articles with predictions to a Label Studio server on this machine, and pull them annotated.

``python scripts/benchmark_label_studio.py [--sizes 1000 5000 10000]``: each size gets a project of its own, each step a
process of its own, so that its peak memory is that of the step. The articles are the corpus, repeated under new ids
with a sentence of their own; the annotations are made on the server out of the predictions. Ends with exit status 1
where an article is lost or doubled.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.console import Console
from rich.table import Table

from annotation import labelling_config, snapshot
from annotation.label_studio import server as servers
from annotation.label_studio.sending import Item, send
from annotation.label_studio.server import User
from annotation.label_studio.studio import KEY, URL, connect
from annotation.pull import pull
from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument, Document

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1000, 5000, 10000)
STEPS = ("push", "push again", "annotate", "pull")
VERSION = "benchmark"


def items(number: int) -> Iterator[Item]:
    """That many articles, each with a prediction; one at a time, so that the memory measured is that of the push."""
    made = 0
    while True:
        for annotated in jsonlines.read(ROOT / "data" / "corpus.jsonl"):
            if made == number:
                return
            text = f"{annotated.text}\n\nThis is copy {made}."
            document = Document(f"{made}-{annotated.id}", text, annotated.document.metadata)
            yield Item(document, {VERSION: AnnotatedDocument(document, annotated.spans, annotated.links)})
            made += 1


def run_step(step: str, title: str, number: int, folder: Path) -> dict[str, Any]:
    """One step, in this process. Returns the articles it was about, seconds, and peak memory in MB."""
    studio = connect()
    project = studio.project(title)
    begun = time.monotonic()
    if step in ("push", "push again"):
        done = send(studio, project, items(number)).sent
    elif step == "annotate":
        path = f"/api/dm/actions?id=predictions_to_annotations&project={project.id}"
        studio.post("annotate", path, {"selectedItems": {"all": True, "excluded": []}, "model_version": VERSION})
        done = number
    else:
        pull(studio, project, folder)
        done = number
    seconds = time.monotonic() - begun
    return {"articles": done, "seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def check(folder: Path, number: int) -> list[str]:
    """What is wrong with a snapshot that must hold every article once."""
    states = snapshot.check(folder).states
    problems = [f"{count} {state}" for state, count in states.items() if count and state not in snapshot.IN_VERSIONS]
    (annotator,) = snapshot.annotators(folder)
    same = all(
        item.versions[VERSION] == version and item.document == version.document
        for item, version in zip(items(number), snapshot.stream(folder, annotator), strict=True)
    )
    return problems if same else [*problems, "articles that differ from what was sent"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of articles")
    parser.add_argument("--step", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        step, title, number, folder = arguments.step
        print(json.dumps(run_step(step, title, int(number), Path(folder))))
        return
    user = User("benchmark@example.org", secrets.token_hex(16), secrets.token_hex(20))
    table = Table("articles", "step", "seconds", "articles a second", "peak memory, MB", title="Label Studio")
    problems = []
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "label-studio"
        servers.initialise(data, [user])
        with servers.running(data, [user]) as server:
            environment = {**os.environ, URL: server.url, KEY: user.token}
            studio = connect(server.url, user.token)
            for number in arguments.sizes:
                title, folder = f"{number} articles", Path(scratch) / str(number)
                studio.create(title, labelling_config.build())
                for step in STEPS:
                    command = [sys.executable, __file__, "--step", step, title, str(number), str(folder)]
                    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
                    facts = json.loads(done.stdout.splitlines()[-1])
                    wanted = 0 if step == "push again" else number
                    if facts["articles"] != wanted:
                        problems.append(f"{step}: {facts['articles']} articles, not {wanted}")
                    rate = number / facts["seconds"]
                    row = (f"{number:,}", step, f"{facts['seconds']:.1f}", f"{rate:.0f}", f"{facts['peak']:.0f}")
                    table.add_row(*row)
                    print(*row, sep="\t", file=sys.stderr, flush=True)
                problems += [f"{number} articles: {problem}" for problem in check(folder, number)]
    Console().print(table)
    if problems:
        sys.exit("\n".join(problems))
    print("every article once, as it was sent")


if __name__ == "__main__":
    main()
