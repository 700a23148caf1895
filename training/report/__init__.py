"""The evaluation report: everything measured of a model, as JSON, Markdown and one page for people."""
