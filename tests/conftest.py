"""What the tests share: the course of this checkout, a copy that may be changed, and a way to hand in."""

from __future__ import annotations

import copy
import json
import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

import readtwice.notebook
from readtwice.build import notebook_bytes
from readtwice.cells import Cell, grade_id
from readtwice.keys import Key, key_path, read_key
from readtwice.notebook import Notebook
from readtwice.schemes import Scheme, read_scheme
from readtwice.texts import Text, read_text
from readtwice.units import Unit, master_path, read_notebook, read_unit, release_path

if TYPE_CHECKING:
    from browsing import Visit
    from IPython.core.interactiveshell import InteractiveShell
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
UNIT = "1-whose-voice"

settings.register_profile("course", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # no test fails because of seconds
settings.load_profile("course")


@pytest.fixture(scope="session")
def article() -> Text:
    return read_text("russia-must-act")


@pytest.fixture(scope="session")
def voice() -> Scheme:
    return read_scheme("voice")


@pytest.fixture(scope="session")
def voice_key(article: Text, voice: Scheme) -> Key:
    return read_key(key_path(article, "voice", ROOT / "solutions"), voice, article)


@pytest.fixture(scope="session")
def unit() -> Unit:
    """Unit 1 as this checkout has it."""
    return read_unit(ROOT, UNIT)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course folder of its own, which a test may change."""
    return copy_course(tmp_path / "course")


def copy_course(to: Path) -> Path:
    to.mkdir(parents=True)
    for name in ("lessons", "exercises", "solutions"):
        shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(ROOT / "nbgrader_config.py", to)
    return to


@pytest.fixture
def master() -> Cell:
    """The master of unit 1, which is also a hand-in with every answer right."""
    return read_notebook(master_path(ROOT, UNIT))


@pytest.fixture
def exercise() -> Cell:
    """The exercise of unit 1 as students get it."""
    return read_notebook(release_path(ROOT, UNIT))


def cell(notebook: Cell, name: str) -> Cell:
    """The cell with that grade id."""
    return next(c for c in notebook["cells"] if grade_id(c) == name)


def change(path: Path, edit: Callable[[Cell], None]) -> None:
    """Edit a notebook file in place."""
    notebook = read_notebook(path)
    edit(notebook)
    path.write_bytes(notebook_bytes(notebook))


def answered(exercise: Cell, sources: dict[str, str]) -> Cell:
    """A copy of the exercise with these texts in its solution cells, by grade id."""
    notebook = copy.deepcopy(exercise)
    for name, source in sources.items():
        cell(notebook, name)["source"] = source
    return notebook


@pytest.fixture
def submit(course: Path) -> Callable[[str, object], Path]:
    """Hand a notebook (or raw text or bytes) in, as a student, into nbgrader's submitted/ tree."""

    def hand_in(student: str, notebook: object, unit: str = UNIT) -> Path:
        path = course / "submitted" / student / unit / f"{unit}.ipynb"
        path.parent.mkdir(parents=True)
        content = notebook if isinstance(notebook, (str, bytes)) else json.dumps(notebook)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return hand_in


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A fresh IPython that leaves this Python as it found it."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    monkeypatch.setattr(readtwice.notebook, "_here", Notebook())
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    yield shell
    shell.restore_sys_module_state()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium; skips where there is none, and fails under CI."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return there(found, "needs Chromium: install it with  apt-get install chromium  (or your system's way)")


def there(program: str | None, missing: str) -> str:
    """A program that the system has; else the test is skipped, and under CI fails."""
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    return program


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    from browsing import FLAGS  # Playwright is there for the browser tests alone
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Visit:
    """Open an address in a watched page: ``with visit(url, width) as seen``."""
    from browsing import watched

    return partial(watched, browser, request.node.name)


def hand_in_class(course: Path, students: int = 7) -> Path:
    """Let simulated readers hand unit 1 in, into nbgrader's submitted/ tree of a course."""
    from readtwice.readers import WAYS, hand_in_of

    unit = read_unit(course, UNIT)
    for n in range(students):
        path = course / "submitted" / f"reader-{n}" / UNIT / f"{UNIT}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(hand_in_of(WAYS[n % len(WAYS)], unit, random.Random(n)), encoding="utf-8")
    return course
