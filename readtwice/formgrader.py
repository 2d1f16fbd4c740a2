"""nbgrader's formgrader: how it is started, and whether there is anything to see in it."""

from __future__ import annotations

import sys
from pathlib import Path

from readtwice.course import CannotDo
from readtwice.gradebook import address, open_gradebook, said_plainly, students_of
from readtwice.units import unit_names

ADDRESS = "/formgrader/gradebook"  # the page from which every hand-in is two clicks away
_MARK_FIRST = "There is nothing in the formgrader yet. Mark the class first:  readtwice mark HANDINS"


def check_marked(course: Path) -> None:
    """Raise CannotDo where no hand-in has been marked yet, GradebookProblem where the gradebook cannot be read; nothing is made."""
    at = address(course)
    if at.startswith("sqlite:///") and not Path(at.removeprefix("sqlite:///")).is_file():
        raise CannotDo(_MARK_FIRST)
    with open_gradebook(course) as gradebook, said_plainly():
        if not any(students_of(gradebook, name) for name in unit_names(course)):
            raise CannotDo(_MARK_FIRST)


def server(course: Path, page: str = ADDRESS) -> list[str]:
    """The command that starts a Jupyter server in a course folder and opens this page of it.

    nbgrader takes the folder that the server starts in for the course folder, and its configuration
    from there; so the command must be started there.
    """
    quiet = ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate"]
    return [sys.executable, "-m", "jupyter", "lab", f"--ServerApp.root_dir={course}", f"--LabApp.default_url={page}", *quiet]
