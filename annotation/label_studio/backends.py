"""A model's server and a project: connected, so that opening an article asks for the model's prediction."""

from __future__ import annotations

from typing import Any

from annotation.label_studio.projects import is_blind
from annotation.label_studio.studio import Project, Studio, StudioError

TITLE = USER = "tolltrace"


def connect_backend(studio: Studio, project: Project, url: str, secret: str = "") -> dict[str, Any]:
    """Connect the server at ``url``, as Label Studio reaches it, or change the connection that is there; returns what
    Label Studio says of it. Raises StudioError where the server does not answer, refuses the secret or the project, and
    for a blind project.

    Label Studio adds a webhook for every event, without the secret, and waits for its answer: it is taken out.
    """
    if is_blind(project):
        raise StudioError(f"the project {project.title!r} is blind: annotators must see no predictions there")
    url = url.rstrip("/")
    fields: dict[str, Any] = {"url": url, "project": project.id, "title": TITLE, "auth_method": "NONE"}
    if secret:
        fields |= {"auth_method": "BASIC_AUTH", "basic_auth_user": USER, "basic_auth_pass": secret}
    what = f"connect {url} with {project.title!r}"
    known = [b for b in backends(studio, project) if b["title"] == TITLE or b["url"].rstrip("/") == url]
    if known:
        answer = studio.call(what, lambda: studio.sdk.ml.update(id=known[0]["id"], **fields))
    else:
        answer = studio.call(what, lambda: studio.sdk.ml.create(**fields))
    for hook in studio.get("list the webhooks", "/api/webhooks/", project=project.id):
        if hook["url"] == f"{url}/webhook":
            studio.call("take out the webhook", lambda: studio.sdk.webhooks.delete(id=hook["id"]))  # noqa: B023  # now
    # The title stands for whichever version the backend serves.
    studio.call(what, lambda: studio.sdk.projects.update(id=project.id, model_version=TITLE))
    if answer.state != "CO":
        raise StudioError(f"cannot {what}: {answer.error_message or 'it does not answer, or not to this secret'}")
    return dict(answer.model_dump())


def backends(studio: Studio, project: Project) -> list[dict[str, Any]]:
    """The model servers of a project as Label Studio sees them now: ``state`` is ``CO`` for connected, ``DI`` for one
    that does not answer or refuses the secret, ``ER`` for one that refuses the project."""
    found: list[dict[str, Any]] = studio.get("list the model backends", "/api/ml/", project=project.id)
    return found
