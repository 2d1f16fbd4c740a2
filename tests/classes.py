"""A class to mark in a test: a gradebook to start from, and what marking left behind."""

from __future__ import annotations

import csv
import json
import tempfile
from concurrent.futures import Executor
from functools import cache
from pathlib import Path

from conftest import UNIT

from readtwice.gradebook import open_gradebook
from readtwice.mark_class import mark_class
from readtwice.marking import Marks
from readtwice.outcome import Outcome
from readtwice.places import marks_of
from readtwice.units import read_unit


@cache
def empty_gradebook() -> bytes:
    """A new gradebook, made once: making one takes longer than marking a class."""
    with tempfile.TemporaryDirectory() as folder:
        open_gradebook(Path(folder)).close()
        return (Path(folder) / "gradebook.db").read_bytes()


def start_gradebook(course: Path) -> None:
    """Give a course an empty gradebook, unless it has one."""
    if not (course / "gradebook.db").exists():
        (course / "gradebook.db").write_bytes(empty_gradebook())


def mark(course: Path, source: Path | None = None, executor: Executor | None = None) -> Outcome:
    """Mark what lies at `source`, else in submitted/."""
    start_gradebook(course)
    return mark_class(source or course / "submitted", course, executor=executor)


def marks(course: Path, student: str) -> dict[str, Marks]:
    """The marks of a hand-in on unit 1, by test cell."""
    return marks_of(course, (student, UNIT), read_unit(course, UNIT))


def marked_notebook(course: Path, student: str) -> dict:
    notebook = json.loads((course / "autograded" / student / UNIT / f"{UNIT}.ipynb").read_text(encoding="utf-8"))
    for c in notebook["cells"]:
        c["source"] = "".join(c["source"])
        for output in c.get("outputs", []):
            output["data"] = {kind: "".join(data) for kind, data in output["data"].items()}
    return notebook


def page_of(course: Path, student: str) -> str:
    return (course / "feedback" / student / UNIT / f"{UNIT}.html").read_text(encoding="utf-8")


def grades(course: Path) -> dict[str, dict[str, str]]:
    """The rows of grades.csv on unit 1 by student."""
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file) if row["assignment"] == UNIT}


def files_of(course: Path) -> dict[str, bytes]:
    """Every marked notebook, page and time of handing in, by its place in the course."""
    found = (path for folder in ("autograded", "feedback") for path in (course / folder).rglob("*") if path.is_file())
    return {str(path.relative_to(course)): path.read_bytes() for path in found}
