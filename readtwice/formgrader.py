"""nbgrader's formgrader: how it is started, and whether there is anything to see in it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from readtwice.course import CannotDo
from readtwice.feedback import TEMPLATES
from readtwice.gradebook import address, open_gradebook, said_plainly, students_of
from readtwice.units import unit_names

ADDRESS = "/formgrader/gradebook"  # the page from which every hand-in is two clicks away
_MARK_FIRST = "There is nothing in the formgrader yet. Mark the class first:  readtwice mark HANDINS"


def check_marked(course: Path, db: str = "") -> None:
    """Raise CannotDo where no hand-in has been marked yet, GradebookProblem where the gradebook cannot be read; nothing is made."""
    at = address(course, db)
    if at.startswith("sqlite:///") and not Path(at.removeprefix("sqlite:///")).is_file():
        raise CannotDo(_MARK_FIRST)
    with open_gradebook(course, db) as gradebook, said_plainly():
        if not any(students_of(gradebook, name) for name in unit_names(course)):
            raise CannotDo(_MARK_FIRST)


def environment() -> dict[str, str]:
    """The server's environment: it finds our template for formulas before nbconvert's, and so asks nothing of the network.

    Where MathJax does not come, as in a school without a network, the formgrader's keys are dead.
    """
    paths = (str(TEMPLATES / "formgrader"), os.environ.get("JUPYTER_PATH", ""))
    return os.environ | {"JUPYTER_PATH": os.pathsep.join(filter(None, paths))}


def server(course: Path, page: str = ADDRESS, db: str = "") -> list[str]:
    """The command that starts a Jupyter server in a course folder and opens this page of it.

    `db` is the gradebook's address, as `open_gradebook` takes it. nbgrader takes the folder that the
    server starts in for the course folder, and its configuration from there; so the command must be
    started there.
    """
    quiet = ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate"]
    gradebook = [f"--CourseDirectory.db_url={db}"] if db else []
    return [sys.executable, "-m", "jupyter", "lab", f"--ServerApp.root_dir={course}", f"--LabApp.default_url={page}", *quiet, *gradebook]
