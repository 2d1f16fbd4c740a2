"""A gradebook that is locked, newer, older or damaged, and a disk that is full: said in a sentence, and nothing is lost."""

from __future__ import annotations

import errno
import sqlite3

import pytest
from classes import files_of, mark
from conftest import UNIT, hand_in_class
from typer.testing import CliRunner

import readtwice.places
from readtwice.cli import app
from readtwice.course import GradebookProblem
from readtwice.mark_class import mark_class

pytestmark = pytest.mark.slow


@pytest.fixture
def handed_in(course):
    return hand_in_class(course, 3)


def version(course, becomes: str) -> None:
    with sqlite3.connect(course / "gradebook.db") as db:
        db.execute("UPDATE alembic_version SET version_num = ?", [becomes])


@pytest.mark.parametrize(("becomes", "said"), [("ffffffffffff", "a newer nbgrader"), ("50a4d84c131a", "nbgrader db upgrade")])
def test_a_gradebook_of_another_nbgrader_is_left_alone(becomes, said, handed_in):
    mark(handed_in)
    version(handed_in, becomes)
    before, files = (handed_in / "gradebook.db").read_bytes(), files_of(handed_in)
    with pytest.raises(GradebookProblem, match=said):
        mark_class(handed_in / "submitted", handed_in)
    assert ((handed_in / "gradebook.db").read_bytes(), files_of(handed_in)) == (before, files)


def test_a_locked_gradebook_is_said_and_marking_goes_on_later(handed_in):
    first = mark(handed_in)
    (handed_in / "submitted" / "reader-0" / UNIT / f"{UNIT}.ipynb").write_text("{", encoding="utf-8")
    (handed_in / "submitted" / "reader-1" / UNIT / "timestamp.txt").write_text("2026-03-01 10:00:00 UTC")
    other = sqlite3.connect(handed_in / "gradebook.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    files = files_of(handed_in)
    with pytest.raises(GradebookProblem, match="locked"):
        mark_class(handed_in / "submitted", handed_in)
    assert files_of(handed_in) == files
    other.close()
    again = mark_class(handed_in / "submitted", handed_in)
    assert again.points == {who: points for who, points in first.points.items() if who[0] != "reader-0"}


def test_a_gradebook_that_may_not_be_written_is_said_and_the_files_stay(handed_in):
    mark(handed_in)
    (handed_in / "submitted" / "reader-0" / UNIT / f"{UNIT}.ipynb").write_text("{", encoding="utf-8")
    before, files = (handed_in / "gradebook.db").read_bytes(), files_of(handed_in)
    with pytest.raises(GradebookProblem, match="readonly"):
        mark_class(handed_in / "submitted", handed_in, db=f"sqlite:///file:{handed_in / 'gradebook.db'}?mode=ro&uri=true")
    assert ((handed_in / "gradebook.db").read_bytes(), files_of(handed_in)) == (before, files)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 200], ids=["empty", "text", "damaged"])
def test_what_is_no_gradebook_is_said_by_the_command(content, handed_in):
    (handed_in / "gradebook.db").write_bytes(content)
    done = CliRunner().invoke(app, ["mark", str(handed_in / "submitted"), "--course", str(handed_in)])
    assert "Traceback" not in done.output + done.stderr
    if content:
        assert done.exit_code == 1
        assert "the gradebook says" in done.stderr
        assert (handed_in / "gradebook.db").read_bytes() == content
    else:
        assert done.exit_code == 0  # an empty file becomes a new gradebook


@pytest.mark.parametrize("at", [0, 1, 3, 5])
def test_a_full_disk_is_said_and_the_command_can_be_run_again(at, handed_in, monkeypatch):
    real, written = readtwice.places.replace_file, []

    def full(path, content):
        if len(written) >= at:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        written.append(path)
        real(path, content)

    mark_class_command = ["mark", str(handed_in / "submitted"), "--course", str(handed_in)]
    monkeypatch.setattr(readtwice.places, "replace_file", full)
    done = CliRunner().invoke(app, mark_class_command)
    assert done.exit_code == 1
    assert "No space left on device" in done.stderr
    assert "run the command again" in done.stderr
    monkeypatch.setattr(readtwice.places, "replace_file", real)
    assert CliRunner().invoke(app, mark_class_command).exit_code == 0
    assert len([name for name in files_of(handed_in) if name.endswith(".html")]) == 3
