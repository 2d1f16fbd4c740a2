"""The course folder: where a teacher's lessons, exercises, solutions and configuration lie."""

from __future__ import annotations

import shutil
from pathlib import Path

CONFIG = "nbgrader_config.py"
FOLDERS = ("lessons", "exercises", "solutions")


class GradebookProblem(RuntimeError):
    """The gradebook cannot be opened or written; the message says why, in plain words."""


class CannotDo(ValueError):
    """A command cannot do what it was asked to do; the message says why, in plain words."""


class NoCourse(ValueError):
    """A folder is no course folder; the message says what is missing."""


def is_course(folder: Path) -> bool:
    """Whether a folder is a course folder."""
    return (folder / CONFIG).is_file() and (folder / "solutions").is_dir()


def copy_course(source: Path, to: Path) -> None:
    """Copy lessons, exercises, solutions and configuration into a folder."""
    for name in FOLDERS:
        shutil.copytree(source / name, to / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__"))
    shutil.copyfile(source / CONFIG, to / CONFIG)


def find_course(start: Path) -> Path:
    """The course folder at or above `start`; raises NoCourse."""
    for folder in (start.resolve(), *start.resolve().parents):
        if is_course(folder):
            return folder
    raise NoCourse(
        f"{start} is not a course folder: a course folder holds {CONFIG}, solutions/ and exercises/. "
        "Start this command in the course folder, or name it with --course."
    )


def course_source() -> Path:
    """The course that comes with this package: inside an installed wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent
    for folder in (package / "course", package.parent):
        if (folder / CONFIG).is_file():
            return folder
    raise NoCourse("this installation of readtwice holds no course; install it from its wheel or its checkout")
