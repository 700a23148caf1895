"""The connection to a Label Studio server: projects, tasks and errors that tell what to do.

The address and the key come from the environment (``LABEL_STUDIO_URL``, ``LABEL_STUDIO_API_KEY``): a key on a command
line would stand in the shell's history.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

URL, KEY = "LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"
TIMEOUT = 300.0  # seconds; a chunk of a thousand tasks with predictions takes some
PAGE = 200
T = TypeVar("T")


class StudioError(RuntimeError):
    """The server cannot be reached or refuses; the message says what to do."""


class StudioGone(StudioError):
    """The server does not answer: the same call may succeed later."""


class StudioRefused(StudioError):
    """The server answers, and says no. ``status``: of HTTP; ``why``: the server's own words."""

    def __init__(self, message: str, status: int, why: str) -> None:
        super().__init__(message)
        self.status = status
        self.why = why


@dataclass(frozen=True, slots=True)
class Project:
    id: int
    title: str
    config: str
    facts: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


class Studio:
    """One server and one key. ``sdk`` is the Label Studio SDK's client; :meth:`call` makes its errors readable."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url.rstrip("/")
        # The environment's proxies are for the internet, not for a server on this machine or next to it.
        self.http = httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=True)
        self.sdk = LabelStudio(base_url=self.url, api_key=key, timeout=TIMEOUT, httpx_client=self.http)

    def call(self, what: str, action: Callable[[], T]) -> T:
        """The action's result. ``what`` is said where it fails ("create the project …")."""
        try:
            return action()
        except ApiError as error:
            raise _told(self.url, what, error) from error
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise StudioGone(f"cannot {what}: {self.url} does not answer ({type(error).__name__}: {error})") from error
        except json.JSONDecodeError as error:
            raise StudioError(f"cannot {what}: {self.url} answers no JSON: is that Label Studio?") from error

    def me(self) -> dict[str, Any]:
        """The user of the key. Raises StudioError where the address or the key is wrong."""
        return self.call("log in", lambda: self.sdk.users.whoami().model_dump())

    def projects(self) -> Iterator[Project]:
        pages: Any = self.call("list the projects", lambda: self.sdk.projects.list(page_size=100))
        for row in self._walk("list the projects", pages):
            yield _project(row)

    def project(self, name: str) -> Project:
        """The project with this title or id. Raises StudioError where there is none, or several with that title."""
        found = self.find(name)
        if found is None:
            titles = sorted(project.title for project in self.projects())
            raise StudioError(f"{self.url} has no project {name!r}; it has: {', '.join(titles) or 'none'}")
        return found

    def find(self, name: str) -> Project | None:
        """As :meth:`project`, but None where there is none."""
        found = [p for p in self.projects() if p.title == name or (name.isdigit() and p.id == int(name))]
        if len(found) > 1:
            ids = ", ".join(str(p.id) for p in found)
            raise StudioError(f"{self.url} has several projects {name!r} (ids {ids}): name one by its id")
        if not found:
            return None
        # The list leaves out parts of the configuration.
        return _project(self.call(f"read project {name!r}", lambda: self.sdk.projects.get(id=found[0].id)))

    def create(self, title: str, config: str, **settings: Any) -> Project:
        """A new project. ``settings``: further fields of Label Studio's project."""
        made: Any = self.call(
            f"create the project {title!r}",
            lambda: self.sdk.projects.create(title=title, label_config=config, **settings),
        )
        return _project(self.call(f"read project {title!r}", lambda: self.sdk.projects.get(id=made.id)))

    def update(self, project: Project, **settings: Any) -> Project:
        """Change fields of the project."""
        self.call(f"change the project {project.title!r}", lambda: self.sdk.projects.update(id=project.id, **settings))
        return _project(self.call(f"read project {project.title!r}", lambda: self.sdk.projects.get(id=project.id)))

    def tasks(
        self, project: Project, fields: str = "all", page_size: int = PAGE, after: int = 0
    ) -> Iterator[dict[str, Any]]:
        """Every task of a project in the order of ids, page by page, as the server has them. ``fields``: ``all`` with
        annotations, drafts and predictions, ``task_only`` without. ``after``: only tasks with a greater id.

        A page begins after the last task of the one before: with page numbers a task that somebody deletes meanwhile
        would push another one over the edge of a page, unread."""
        while True:
            tasks, total = self._tasks(project, fields, page_size, _newer(after))
            yield from tasks
            if len(tasks) >= total:
                return
            after = tasks[-1]["id"]

    def count(self, project: Project, after: int = 0) -> int:
        """How many tasks have a greater id."""
        return self._tasks(project, "task_only", 1, _newer(after))[1]

    def tasks_by_id(self, project: Project, ids: Sequence[int]) -> list[dict[str, Any]]:
        """These tasks with their annotations and predictions, and ``draft_exists`` for anybody's draft (``drafts`` has
        those of the key's user alone); those that are gone are left out."""
        found: list[dict[str, Any]] = []
        for start in range(0, len(ids), PAGE):
            part = list(ids[start : start + PAGE])
            query = {"selectedItems": {"all": False, "included": part}, "ordering": ["tasks:draft_exists"]}
            tasks, total = self._tasks(project, "all", len(part), query)
            if len(tasks) < total:  # the server is set to smaller pages
                half = len(part) // 2
                tasks = self.tasks_by_id(project, part[:half]) + self.tasks_by_id(project, part[half:])
            found += tasks
        return found

    def _tasks(
        self, project: Project, fields: str, page_size: int, query: dict[str, Any]
    ) -> tuple[list[dict[str, Any]], int]:
        """The first page of the tasks that the query finds, and how many it finds."""
        answer = self.get(
            f"read the tasks of {project.title!r}",
            "/api/tasks/",
            project=project.id,
            page_size=page_size,
            fields=fields,
            resolve_uri="false",  # a text may begin like an address of a storage
            query=json.dumps(query),
        )
        return answer["tasks"], answer["total"]

    def delete_task(self, task: int) -> None:
        """Delete a task with all that hangs on it; one that is gone already is as good."""
        try:
            self.call(f"delete task {task}", lambda: self.sdk.tasks.delete(id=str(task)))
        except StudioRefused as refused:
            if refused.status != 404:
                raise

    def get(self, what: str, path: str, **parameters: Any) -> Any:
        """The JSON answer to a GET of the API, for what the SDK's types would lose."""
        return self.call(what, lambda: self._json("GET", path, params=parameters))

    def post(self, what: str, path: str, body: Any) -> Any:
        """The JSON answer to a POST. ``body``: bytes are JSON already."""
        sent = {"content": body} if isinstance(body, bytes) else {"json": body}
        return self.call(what, lambda: self._json("POST", path, **sent))

    def _json(self, method: str, path: str, **arguments: Any) -> Any:
        headers = {**self.sdk._client_wrapper.get_headers(), "Content-Type": "application/json"}
        answer = self.http.request(method, self.url + path, headers=headers, **arguments)
        if answer.status_code >= 400:
            raise ApiError(status_code=answer.status_code, body=answer.text)
        return answer.json()

    def _walk(self, what: str, pages: Any) -> Iterator[Any]:
        rows = iter(pages)
        while True:
            try:
                row = self.call(what, lambda: next(rows))
            except StopIteration:
                return
            yield row


def connect(url: str | None = None, key: str | None = None) -> Studio:
    """The server that the arguments or the environment name, with the key tried. Raises StudioError."""
    url, key = url or os.environ.get(URL, ""), key or os.environ.get(KEY, "")
    if not url or not key:
        raise StudioError(
            f"set {URL} (such as http://localhost:8080) and {KEY} (in Label Studio: account, access token)"
        )
    studio = Studio(url, key)
    studio.me()
    return studio


def _project(row: Any) -> Project:
    facts = row.model_dump()
    return Project(int(row.id), str(row.title or ""), str(row.label_config or ""), facts)


def _newer(after: int) -> dict[str, Any]:
    """The query for the tasks with a greater id, in order."""
    newer = {"filter": "filter:tasks:id", "operator": "greater", "type": "Number", "value": after}
    return {"filters": {"conjunction": "and", "items": [newer]}, "ordering": ["tasks:id"]}


def _told(url: str, what: str, error: ApiError) -> StudioError:
    status = error.status_code
    if status in (401, 403):
        return StudioError(f"cannot {what}: {url} refuses the key in {KEY} ({status}): make a new access token there")
    if status in (429, 502, 503, 504):
        return StudioGone(f"cannot {what}: {url} is not ready ({status})")
    why = _detail(error.body)
    return StudioRefused(f"cannot {what}: {url} answers {status}: {why}", status or 0, why)


def _detail(body: Any) -> str:
    """The server's words without its wrapping. It repeats the whole data behind ``::``."""
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return str(body)[:600]
    if isinstance(body, dict):
        body = body.get("validation_errors") or body.get("detail") or body
    if isinstance(body, dict) and list(body) == ["non_field_errors"]:
        body = body["non_field_errors"]
    if isinstance(body, list):
        body = "; ".join(str(part).partition(" :: ")[0] for part in body if part)
    return str(body)[:600]
