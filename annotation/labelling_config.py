"""The Label Studio labelling configuration, made from the scheme: ``python -m annotation.labelling_config``."""

from __future__ import annotations

import colorsys
from xml.etree import ElementTree

from tolltrace import scheme

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


def colour(label: str) -> str:
    """A colour of the label's layer: layers differ in hue, labels of one layer in shade."""
    layer = scheme.LAYER_OF[label]
    names = scheme.layer_labels(layer)
    hue = scheme.LAYERS.index(layer) / len(scheme.LAYERS)
    shade = names.index(label) / len(names)
    red, green, blue = colorsys.hls_to_rgb((hue + 0.2 * shade) % 1, 0.45 + 0.25 * shade, 0.75)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def tag_of(label: str) -> str:
    """The name of the tag that a label stands in: a region's ``from_name``."""
    return LABELS


def build() -> str:
    """The configuration as XML: one region tag over the text, a row of labels, and the names of the links."""
    view = ElementTree.Element("View")
    relations = ElementTree.SubElement(view, "Relations")
    for link in scheme.LINKS:
        ElementTree.SubElement(relations, "Relation", value=link.name)
    labels = ElementTree.SubElement(view, "Labels", name=LABELS, toName=TEXT)
    for label in scheme.LABELS:
        ElementTree.SubElement(
            labels,
            "Label",
            value=label.name,
            hotkey=HOTKEYS[label.name],
            background=colour(label.name),
            hint=f"{label.marks}: {label.example}",
        )
    ElementTree.SubElement(view, "Text", name=TEXT, value="$text")
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode")


if __name__ == "__main__":
    print(build())
