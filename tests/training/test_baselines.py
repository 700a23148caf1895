from __future__ import annotations

from pathlib import Path

import pytest

from tests import tiny
from tolltrace import jsonlines, markup
from tolltrace.documents import Document, Span
from training import config as configs
from training import metrics
from training.baselines import plain
from training.baselines.rule_links import find_links
from training.baselines.rules import RuleSystem

NEWS = (
    "At least 20 civilians were killed in airstrikes on Hajin on Thursday, activists said.\n"
    "The army denied that its warplanes had struck the town. About 14,000 militants remain there."
)


@pytest.fixture(scope="module")
def rules() -> RuleSystem:
    return RuleSystem()


def test_rules_read_a_plain_report(rules: RuleSystem) -> None:
    read = rules.read([Document("d", NEWS)])[0]
    found = {(read.text_of(span), span.label) for span in read.spans}
    wanted = {("At least 20", "COUNT"), ("civilians", "VICTIM"), ("killed", "KILLED"), ("airstrikes", "MEANS")}
    assert found >= wanted | {("Hajin", "LOCATION"), ("Thursday", "DATE"), ("activists", "SOURCE")}
    links = {(link.label, read.text_of(link.tail)) for link in read.links}
    assert links >= {("harm", "killed"), ("victim", "civilians"), ("source", "activists"), ("location", "Hajin")}
    assert not any("14,000" in words for words, _ in found)
    claim = rules.claims(read)[0]
    assert (claim.count.min, claim.count.max, claim.harm) == (20, None, ("killed",))


def test_rules_read_any_article_of_the_corpus(rules: RuleSystem, root: Path) -> None:
    gold = list(jsonlines.read(root / "data/corpus.jsonl"))[::60]
    scores = metrics.score(metrics.count_all(gold, rules.read([a.document for a in gold])), resamples=2)
    assert scores["span"].f1 > 0.4 and scores["claim_core"].f1 > 0.2


@pytest.mark.parametrize(
    ("marked", "blame"),
    [
        ("{COUNT c1:20} {KILLED k1:killed} by {ACTOR a1:IS}", "perpetrator"),
        ("{COUNT c1:20} {KILLED k1:killed} in fighting against {ACTOR a1:IS}", None),
        ("{COUNT c1:20} {KILLED k1:killed} by suspected {ACTOR a1:IS}", "suspected"),
        ("{COUNT c1:20} {KILLED k1:dead}: {ACTOR a1:IS} claimed responsibility", "claimed"),
        ("{COUNT c1:20} {KILLED k1:dead}: {ACTOR a1:IS} denied it", "denied"),
    ],
)
def test_blame_by_cue_words(marked: str, blame: str | None) -> None:
    parsed = markup.parse("d", marked + "\n-- links\nc1 harm k1")
    links = [link.label for link in find_links(parsed.text, parsed.spans) if link.tail.label == "ACTOR"]
    assert links == ([blame] if blame else [])


def test_one_layer_holds_the_longer_of_two_spans() -> None:
    spans = [Span(0, 3, "ACTOR"), Span(0, 12, "VICTIM"), Span(20, 25, "DATE")]
    assert plain.single_layer(spans) == [spans[1], spans[2]]


def test_a_plain_tagger_learns_its_tags_and_reads(run_folder: Path) -> None:
    out = run_folder / "plain"
    config = configs.read(run_folder / "config.toml")
    plain.train(config, out, epochs=60)
    system = plain.PlainSystem(out)
    gold = list(jsonlines.read(run_folder / "corpus.jsonl"))
    read = system.read([gold[-1].document, Document("empty", "  ")])
    assert [a.id for a in read] == [gold[-1].id, "empty"] and read[1].spans == ()
    assert {s.label for s in read[0].spans} & {"KILLED", "VICTIM", "SOURCE"}
    assert system.version.startswith("plain-")


def test_tags_of_windows_are_those_of_the_spans() -> None:
    tokenizer = tiny.tokenizer("bert")
    annotated = markup.parse(
        "d", "{COUNT c1:At least 20} {VICTIM v1:civilians} {KILLED k1:killed}\n-- links\nc1 harm k1"
    )
    row = plain.encode([annotated], tokenizer)[0]
    tags = ["" if t < 0 else plain.TAGS[t] for t in row["labels"]]
    assert tags[0] == tags[-1] == ""
    assert tags[1:4] == ["B-COUNT", "I-COUNT", "I-COUNT"]
    assert [t for t in tags[4:-1] if t.startswith("B")] == ["B-VICTIM", "B-KILLED"]
