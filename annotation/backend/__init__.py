"""Live pre-annotation: a server that speaks Label Studio's protocol for models. ``python -m annotation.backend``."""

SECRET = "TOLLTRACE_BACKEND_SECRET"  # noqa: S105  # the name of an environment variable
DEFAULT = "default"  # the model in the package
