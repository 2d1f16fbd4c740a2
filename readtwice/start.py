"""Start: a teacher's course folder, made from the installed package."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from readtwice.build import build
from readtwice.course import CONFIG, CannotDo, copy_course, course_source
from readtwice.scale import DEFAULT
from readtwice.scale import FILE as SCALE

BESIDE = ("TEACHING.md", "LICENSE")
README = "README.txt"
LIES_WHERE = """\
This is the course folder of one class and one term. Type the commands in this folder.

What lies where
  lessons/      read and run together in class; give them to students
  exercises/    what students work on and hand in; give them to students
  solutions/    the masters and the answer keys; keep them to yourself
  TEACHING.md   the first week, handing out and collecting, the plan of each lesson; in JupyterLab: right click, Open With, Markdown Preview
  scale.csv     from which percent of the points a school mark is given; change it, or delete it for points only
  nbgrader_config.py   with it, nbgrader and the formgrader work in this folder; TEACHING.md says what a JupyterHub adds

What to do first
  1. readtwice lab                    open the first lesson and read it
  2. give lessons/ and exercises/ to your students, in whatever way your school has
  3. readtwice mark hand-ins.zip      when they have handed in: the zip or the folder that they came in; then open class-report.html
  4. readtwice formgrader             give points and comments to written answers; then mark once more
  5. readtwice grades                 tables of points and marks; name the table of your platform to have it filled in
  6. readtwice feedback               the pages as zips, to give back
  7. readtwice forget .               when the term is over: deletes hand-ins and names

Each command explains itself with --help behind its name; “readtwice” alone lists them all. How to bring the program onto another
computer stands in the project's README.md, under “Try it”.
"""


def make_course(folder: Path, text: str = "") -> None:
    """Make a course folder: lessons, exercises, solutions, configuration, scale and a README.

    `text` lets all units work on another graded text. Raises CannotDo where the folder holds
    something, NoCourse where the installation has no course, and UnitProblem for an unknown text;
    then nothing is there that was not before.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise CannotDo(f"{folder} holds something already, and nothing there was touched. Name a new folder")
    source = course_source()
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir()
        _fill(part, source)
        if text:
            build(part, text)
        if not folder.exists():
            os.rename(part, folder)
            return
        for name in sorted(os.listdir(part), key=lambda name: name == CONFIG):  # with its configuration it becomes a course
            os.replace(part / name, folder / name)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _fill(part: Path, source: Path) -> None:
    copy_course(source, part)
    for name in BESIDE:
        shutil.copyfile(source / name, part / name)
    teaching = part / "TEACHING.md"
    teaching.write_text(
        teaching.read_text(encoding="utf-8").replace("](README.md)", f"]({README})").replace("](README.md#for-teachers)", f"]({README})"),
        encoding="utf-8",
    )
    (part / README).write_text(LIES_WHERE, encoding="utf-8")
    (part / SCALE).write_text(DEFAULT, encoding="utf-8")
