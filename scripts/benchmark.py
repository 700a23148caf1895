"""Time extraction against Hugging Face's own token-classification pipeline, in one run on one machine.

``python scripts/benchmark.py [--articles N]``: both get the same articles, the same encoder, windows and threads. The
pipeline only labels the tokens of one layer; tolltrace reads pages, labels all layers, links, and builds claims.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.console import Console
from rich.table import Table

from tolltrace import jsonlines
from tolltrace.documents import Document

ROOT = Path(__file__).resolve().parent.parent
WAYS = {
    "tolltrace extract": "",
    "pipeline, one by one": "1",
    "pipeline, batches of 16": "16",
}


def articles(number: int) -> list[Document]:
    """That many articles of the corpus, repeated under other ids."""
    corpus = [annotated.document for annotated in jsonlines.read(ROOT / "data" / "corpus.jsonl")]
    return [Document(f"{n}-{corpus[n % len(corpus)].id}", corpus[n % len(corpus)].text) for n in range(number)]


def tolltrace_run() -> Callable[[list[Document]], None]:
    from tolltrace.pipeline import Extractor

    extractor = Extractor.from_pretrained(device="cpu")

    def run(documents: list[Document]) -> None:
        for _ in extractor.extract(documents):
            pass

    return run


def pipeline_run(batch: int) -> Callable[[list[Document]], None]:
    from transformers import AutoModelForTokenClassification, pipeline

    from tolltrace.model import loading
    from tolltrace.model.config import TolltraceConfig

    config = TolltraceConfig.from_pretrained(loading.DEFAULT_MODEL)
    folder = loading.base_folder(config.base)
    tokenizer = loading.load_tokenizer(folder)
    tokenizer.model_max_length = config.window
    # The pipeline takes its windows from the tokenizer's limit, and their overlap from ``stride``.
    model = AutoModelForTokenClassification.from_pretrained(folder, num_labels=19)
    classify: Any = pipeline(
        "token-classification", model=model, tokenizer=tokenizer, stride=config.overlap,
        aggregation_strategy="first", device="cpu", batch_size=batch,
    )  # fmt: skip

    def run(documents: list[Document]) -> None:
        for _ in classify(document.text for document in documents):
            pass

    return run


def measure(way: str, number: int) -> None:
    """Time one way in this process and print articles, tokens and peak memory for the parent to read."""
    import torch

    from tolltrace.model import loading
    from tolltrace.model.config import TolltraceConfig

    run = pipeline_run(int(WAYS[way])) if WAYS[way] else tolltrace_run()
    documents = articles(number)
    base = TolltraceConfig.from_pretrained(loading.DEFAULT_MODEL).base
    tokenizer = loading.load_tokenizer(loading.base_folder(base))
    tokens = sum(len(ids) for ids in tokenizer([d.text for d in documents], verbose=False)["input_ids"])
    run(documents[:8])
    started = time.perf_counter()
    run(documents)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"RESULT {seconds} {tokens} {peak} {torch.get_num_threads()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--measure", choices=list(WAYS), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        measure(arguments.measure, arguments.articles)
        return
    results = {}
    for way in WAYS:
        command = [sys.executable, __file__, "--articles", str(arguments.articles), "--measure", way]
        with tempfile.TemporaryFile("w+") as errors:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=errors, text=True, check=False)
            if done.returncode:
                errors.seek(0)
                sys.exit(f"{way} failed:\n{errors.read()}")
        line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
        results[way] = [float(value) for value in line.split()[1:]]
    threads = int(results["tolltrace extract"][3])
    table = Table(title=f"{arguments.articles} articles, {threads} threads, without start-up")
    for heading in ("", "seconds", "articles/s", "tokens/s", "tolltrace is faster by", "peak memory, MiB"):
        table.add_column(heading, justify="right" if heading else "left")
    ours = results["tolltrace extract"][0]
    for way, (seconds, tokens, peak, _) in results.items():
        speed = (f"{seconds:.1f}", f"{arguments.articles / seconds:.1f}", f"{tokens / seconds:,.0f}")
        table.add_row(way, *speed, f"{seconds / ours:.2f} times", f"{peak:,.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
