import pytest

from tolltrace import scheme


def test_every_label_has_one_layer_and_tags() -> None:
    names = [name for layer in scheme.LAYERS for name in scheme.layer_labels(layer)]
    assert sorted(names) == sorted(scheme.LABEL_NAMES)
    assert scheme.layer_tags("means") == ("O", "B-MEANS", "I-MEANS")


def test_links_run_from_figures_only() -> None:
    assert scheme.links_between("VICTIM", "KILLED") == ()
    assert scheme.links_between("COUNT", "ACTOR") == ("perpetrator", "suspected", "claimed", "denied")
    assert scheme.links_between("TOTAL", "COUNT") == ("part_of", "updates")
    assert {link.name for link in scheme.LINKS if link.at_most == 1} == {"victim", "date", "part_of", "updates"}


def test_fingerprint_changes_with_the_rules_only(monkeypatch: pytest.MonkeyPatch) -> None:
    before = scheme.fingerprint()
    assert len(before) == 16
    monkeypatch.setattr(scheme, "LINKS", scheme.LINKS[:-1])
    assert scheme.fingerprint() != before
