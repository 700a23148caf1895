from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from annotation.label_studio.server import ServerError, executable

if TYPE_CHECKING:
    from playwright.sync_api import Browser

os.environ["HF_HUB_OFFLINE"] = "1"

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NEED_ALL = "TOLLTRACE_NEED_ALL"
"""Set in CI: what a test needs and this machine lacks is a failure there, and no reason to skip."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    lacking = {"browser": "no Chromium: put one on the PATH or name it in CHROMIUM"} if CHROMIUM is None else {}
    try:
        executable()
    except ServerError as error:
        lacking["label_studio"] = str(error)
    for item in items if not os.environ.get(NEED_ALL) else ():
        for marker, reason in lacking.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()
