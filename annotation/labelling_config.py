"""The Label Studio labelling configuration, made from the scheme: ``python -m annotation.labelling_config``.

One ``Labels`` tag holds the labels of all layers. With a tag a layer, a label's key pressed while a span is selected,
or two keys before drawing, give one region two labels of different tags: two spans that cannot be told apart by their
id. Spans of different layers are two regions anyway, and overlap freely (docs/decisions/0011-labelling-interface.md).
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from annotation import instructions
from tolltrace import scheme
from tolltrace.writing.colours import colour, ink

# None of Label Studio's own keys: u, Backspace, Enter, Esc.
HOTKEYS = {
    "ACTOR": "a",
    "LOCATION": "l",
    "DATE": "d",
    "COUNT": "c",
    "TOTAL": "t",
    "VICTIM": "v",
    "KILLED": "k",
    "INJURED": "i",
    "DISPLACED": "p",
    "DETAINED": "e",
    "MISSING": "g",
    "HARMED": "h",
    "MEANS": "m",
    "SOURCE": "s",
}
TEXT, LABELS, NOTE = "text", "labels", "note"  # names of the tags, which regions refer to
STYLE = Path(__file__).with_name("labelling.css")


def tag_of(label: str) -> str:
    """The name of the tag that a label stands in: a region's ``from_name``."""
    return LABELS


def build(question: bool = False) -> str:
    """The configuration as XML. ``question``: with a box above the text that shows the task's ``question``."""
    view = Element("View", className="tolltrace")
    SubElement(view, "Style").text = style()
    _add_links(view)
    article = SubElement(view, "View", className="tt-article")
    for name in ("title", "outlet", "published"):
        SubElement(article, "Header", value=f"${name}")
    if question:
        SubElement(SubElement(view, "View", className="tt-question"), "Header", value="$question")
    bar = SubElement(view, "View", className="tt-bar")
    _add_labels(bar)
    _add_help(bar)
    # Granularity by word would split "U.N." and take in what trails a word.
    SubElement(view, "Text", name=TEXT, value="$text", granularity="symbol", showLabels="true")
    SubElement(
        SubElement(view, "View", className="tt-note"),
        "TextArea",
        name=NOTE,
        toName=TEXT,
        placeholder="A note on this article, if something was unclear (optional)",
        rows="2",
        maxSubmissions="1",
        editable="true",
        showSubmitButton="false",
    )
    panel = SubElement(SubElement(view, "Collapse"), "Panel", value="How to work, and the rules in short")
    SubElement(
        SubElement(panel, "View", className=instructions.CLASS),
        "Markdown",
        value=instructions.how() + instructions.rules(),
    )
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode")


def style() -> str:
    """The style sheet, with the name and the colour of every label."""
    sheet = STYLE.read_text(encoding="utf-8")
    rules = []
    for label in scheme.LABEL_NAMES:
        span = f'.htx-highlight[data-label$=":{label}"]'
        rules.append(f".tolltrace {span} {{ box-shadow: inset 0 -2px 0 {colour(label)}; }}")
        rules.append(f'.tolltrace {span}::after {{ content: "{label.lower()}"; color: {ink(label)}; }}')
        rules.append(f'[data-color-scheme="dark"] .tolltrace {span}::after {{ color: {ink(label, dark=True)}; }}')
    return "\n".join([sheet, *rules])


def _add_links(view: Element) -> None:
    relations = SubElement(view, "Relations")
    for link in scheme.LINKS:
        SubElement(relations, "Relation", value=link.name)


def _add_labels(bar: Element) -> None:
    labels = SubElement(bar, "Labels", name=LABELS, toName=TEXT)
    # The layer with most labels has the last row for itself: two rows in all where the window is wide enough.
    largest = max(scheme.LAYERS, key=lambda layer: len(scheme.layer_labels(layer)))
    for layer in sorted(scheme.LAYERS, key=lambda layer: layer == largest):
        group = SubElement(labels, "View", className="tt-layer")
        for name in scheme.layer_labels(layer):
            label = scheme.LABEL_BY_NAME[name]
            hint = f"{label.marks}: {label.example}"
            SubElement(group, "Label", value=name, hotkey=HOTKEYS[name], background=colour(name), hint=hint)


def _add_help(bar: Element) -> None:
    """A line that tells what to do next: for the label of the selected span, or how to begin."""
    box = SubElement(bar, "View", className="tt-help")
    SubElement(SubElement(box, "View", visibleWhen="no-region-selected"), "Header", value=instructions.START)
    for label in scheme.LABELS:
        selected = SubElement(box, "View", visibleWhen="region-selected", whenTagName=LABELS, whenLabelValue=label.name)
        SubElement(selected, "Header", value=instructions.help_for(label))


if __name__ == "__main__":
    print(build())
