"""`readtwice formgrader`: what it says before there is anything to see, and a written answer marked there in a real browser."""

from __future__ import annotations

import csv
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from classes import start_gradebook
from conftest import ROOT, UNIT, answered, cell, copy_course, hand_in_class
from test_cli import refused, run
from test_lab import until_up

from readtwice.cells import is_written
from readtwice.mark_class import mark_class
from readtwice.readers import WAYS, hand_in_of
from readtwice.units import master_path, read_notebook, read_unit, release_path, unit_names

COMMENT = "Good: the words stand there. Now name the rule, too."


@pytest.fixture
def started(monkeypatch) -> list:
    """Servers that were to be started."""
    calls: list = []
    monkeypatch.setattr(subprocess, "call", lambda command, cwd, env: calls.append((command, cwd)) or 0)
    return calls


def test_before_anything_is_marked_it_says_what_to_do_first_and_starts_nothing(course, started, monkeypatch):
    monkeypatch.chdir(course)
    before = sorted(course.rglob("*"))
    assert "Mark the class first:  readtwice mark" in refused(run("formgrader"))
    assert sorted(course.rglob("*")) == before
    start_gradebook(course)
    assert "Mark the class first:  readtwice mark" in refused(run("formgrader"))
    assert started == []


def test_a_gradebook_that_cannot_be_read_is_said_before_a_server_starts(course, started):
    (course / "gradebook.db").write_text("no database at all, but a shopping list")
    assert "the gradebook says" in refused(run("formgrader", "--course", course))
    assert started == []


def test_it_starts_jupyter_of_this_python_in_the_course_folder_wherever_the_teacher_stands(course, started, monkeypatch, tmp_path):
    hand_in_class(course, 1)
    start_gradebook(course)
    mark_class(course / "submitted", course)
    monkeypatch.chdir(tmp_path)
    shown = run("formgrader", "--course", course)
    assert shown.exit_code == 0, shown.output
    ((command, folder),) = started
    assert command[:4] == [sys.executable, "-m", "jupyter", "lab"]
    assert {f"--ServerApp.root_dir={course}", "--LabApp.default_url=/formgrader/gradebook"} <= set(command)
    assert folder == course
    assert "readtwice mark" in shown.output


def test_a_gradebook_elsewhere_is_asked_and_opened(course, started, tmp_path):
    hand_in_class(course, 1)
    elsewhere = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    assert "Mark the class first" in refused(run("formgrader", "--course", course, "--db", elsewhere))
    mark_class(course / "submitted", course, db=elsewhere)
    assert "Mark the class first" in refused(run("formgrader", "--course", course))
    assert run("formgrader", "--course", course, "--db", elsewhere).exit_code == 0
    ((command, _),) = started
    assert f"--CourseDirectory.db_url={elsewhere}" in command


@pytest.mark.parametrize("name", [name for name in unit_names(ROOT) if read_unit(ROOT, name).written])
def test_the_rubric_stands_right_before_each_written_answer(name):
    """The formgrader shows a notebook cell by cell, so what stands before an answer there stands above the box for its mark."""
    cells = read_unit(ROOT, name).release["cells"]
    at = [n for n, one in enumerate(cells) if is_written(one)]
    assert at
    for n in at:
        assert [
            level for level in ("3 points, Mastery:", "2 points, Emerging:", "1 point, Beginning:") if level not in cells[n - 1]["source"]
        ] == []


@pytest.fixture
def marked(tmp_path) -> Path:
    """A class in which Bea has answered in writing, marked."""
    course = copy_course(tmp_path / "course")
    unit = read_unit(course, UNIT)
    hand_ins = {f"reader-{n}": hand_in_of(WAYS[n], unit, random.Random(n)) for n in range(2)}
    master, exercise = read_notebook(master_path(course, UNIT)), read_notebook(release_path(course, UNIT))
    texts = {name: cell(master, name)["source"] for name in ("voice-answers", "shares-answers", "voice-written")}
    hand_ins["bea"] = json.dumps(answered(exercise, texts))
    for student, content in hand_ins.items():
        path = course / "submitted" / student / UNIT / f"{UNIT}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(content, encoding="utf-8")
    start_gradebook(course)
    mark_class(course / "submitted", course)
    return course


@pytest.fixture
def formgrader(marked, tmp_path) -> Iterator[str]:
    """The address of the server that the command started, from a folder that is not the course's."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = {"ServerApp": {"allow_root": True, "open_browser": False, "port": port}, "IdentityProvider": {"token": ""}}
    places = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "jupyter_server_config.json").write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / "config" / "nbgrader_config.py").write_text(f"get_config().Exchange.root = {str(tmp_path / 'exchange')!r}\n")
    command = [sys.executable, "-c", "from readtwice.cli import app; app()", "formgrader", "--course", str(marked)]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=os.environ | places, stdout=log, stderr=log, start_new_session=True)
        try:
            yield until_up(f"http://127.0.0.1:{port}", process, tmp_path / "log")
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(sys.platform == "win32", reason="stops the server by its process group, which Windows does not have")
def test_a_written_answer_is_found_read_beside_its_rubric_and_marked_and_that_reaches_page_table_and_count(visit, marked, formgrader):
    import browsing as web
    from playwright.sync_api import expect

    def in_grades() -> float:
        with (marked / "grades.csv").open(encoding="utf-8", newline="") as file:
            return next(float(row["score"]) for row in csv.DictReader(file) if (row["student_id"], row["assignment"]) == ("bea", UNIT))

    def waiting(said: str) -> str:
        return next(line for line in said.splitlines() if "bea" in line).replace("│", " ").split()[-1]

    assert waiting(run("mark", marked / "submitted", "--course", marked).stdout) == "1"
    before = in_grades()
    with visit(formgrader) as seen:
        page = seen.page
        assert page.url.rstrip("?") == f"{formgrader}/formgrader/gradebook"
        for way in (UNIT, f"{UNIT}/{UNIT}"):  # the unit, then its notebook
            page.locator("table tbody a", has_text=UNIT).first.click()
            page.wait_for_url(re.compile(rf"/formgrader/gradebook/{way}/?\??$"))
            page.wait_for_function(web.LISTED)
        page.locator("table tbody a", has_text="Submission").first.wait_for()
        page.goto(formgrader + web.submission(marked, "bea"))
        page.wait_for_function(web.MARKS_LOADED)
        written = web.answer(page, "voice-written")
        for level in ("3 points, Mastery:", "2 points, Emerging:", "1 point, Beginning:"):
            expect(page.get_by_text(level, exact=True)).to_be_visible()
        written.scroll_into_view_if_needed()
        if os.environ.get("READTWICE_SHOTS"):
            page.screenshot(path=Path(os.environ["READTWICE_SHOTS"]) / "formgrader.png")
        for box, words, kind in (("#voice-written", "2", "grade"), ("#voice-written-comment", COMMENT, "comment")):
            with page.expect_response(lambda r, kind=kind: r.request.method == "PUT" and f"/api/{kind}/" in r.url) as response:
                page.locator(box).press_sequentially(words)
                page.locator(box).blur()
            assert response.value.ok
        here = page.url
        page.locator("#voice-written").focus()
        at, of = re.findall(r"\d+", page.locator(".panel-title .pull-right").inner_text())
        page.keyboard.press("Control+," if at == of else "Control+.")  # they stand there in any order
        page.wait_for_url(lambda url: url != here)
        page.wait_for_function(web.MARKS_LOADED)
        expect(page.locator("#voice-written")).to_be_focused()  # the same box of the hand-in beside it, without a network
        assert seen.away == []
    assert waiting(run("mark", marked / "submitted", "--course", marked).stdout) == f"{read_unit(marked, UNIT).points:g}"
    assert in_grades() == before + 2
    html = (marked / "feedback" / "bea" / UNIT / f"{UNIT}.html").read_text(encoding="utf-8")
    assert COMMENT in html
    assert "2 of 3 points." in html
