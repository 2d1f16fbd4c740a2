"""Where the marked notebook and the feedback page of a hand-in lie, and how they are written and read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from readtwice.build import replace_file
from readtwice.hand_in import mark_tasks
from readtwice.mark_batch import Marked, Standing
from readtwice.marking import Marks
from readtwice.page import page
from readtwice.plan import Planned
from readtwice.units import Unit, read_notebook


def places(course: Path, who: tuple[str, str]) -> tuple[Path, Path]:
    """Where the marked notebook and the feedback page of a hand-in lie."""
    student, name = who
    return course / "autograded" / student / name / f"{name}.ipynb", course / "feedback" / student / name / f"{name}.html"


def stands(course: Path, who: tuple[str, str]) -> bool:
    """Whether both are there."""
    return all(path.is_file() for path in places(course, who))


def page_of(who: tuple[str, str], notebook: Any, standing: Standing) -> str:
    """The feedback page, with what the teacher has added to it in the gradebook."""
    student, name = who
    return page(notebook, name, student, standing.scores, standing.comments, standing.pending, standing.late_penalty)


def write_files(course: Path, one: Planned, marked: Marked, standing: Standing) -> None:
    """Write notebook and page, each whole, and beside them what the exchange laid beside the hand-in."""
    notebook, path = places(course, one.who)
    for place in (notebook, path):
        os.makedirs(place.parent, exist_ok=True)
    replace_file(notebook, marked.notebook)
    os.chmod(notebook, 0o444)  # as nbgrader leaves it
    html = marked.page if standing == marked.expected else page_of(one.who, json.loads(marked.notebook), standing)
    replace_file(path, html.encode())
    for beside, content in one.found.beside.items():
        for place in (notebook, path):
            replace_file(place.with_name(beside), content)


def marks_of(course: Path, who: tuple[str, str], unit: Unit) -> dict[str, Marks]:
    """The marks of a hand-in that was marked before, by test cell."""
    return mark_tasks(read_notebook(places(course, who)[0]), unit)
