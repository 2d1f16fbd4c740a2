"""Commands around the course itself: start, lab, build, print."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from readtwice.course import find_course
from readtwice.terminal import Course, app, err, out, said_plainly


@app.command()
def start(
    folder: Annotated[Path, typer.Argument(help="The folder to make, one for each class and term.")],
    text: Annotated[str, typer.Option(help="Let all units work on this graded text, such as parallel.")] = "",
) -> None:
    """Make a course folder: lessons, exercises, solutions, configuration, and a scale for marks."""
    from readtwice.start import README, make_course

    with said_plainly():
        make_course(folder, text)
    out.print(f"{escape(str(folder))} is ready; its {README} says what lies where. What to do next:")
    out.print(f"  cd {escape(str(folder))}")
    out.print("  readtwice lab                    open the first lesson")
    out.print("  give lessons/ and exercises/ to your students, and keep solutions/ to yourself")


@app.command()
def lab(course: Course = Path(".")) -> None:
    """Open the course in JupyterLab, at its first lesson."""
    with said_plainly():
        folder = find_course(course)
    lessons = sorted((folder / "lessons").glob("*.ipynb"))
    # a notebook named on the command line would make its own folder the top one, and hide the exercises
    start = [f"--LabApp.default_url=/lab/tree/{lessons[0].relative_to(folder).as_posix()}"] if lessons else []
    quiet = ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate"]
    raise typer.Exit(
        subprocess.call([sys.executable, "-m", "jupyter", "lab", f"--ServerApp.root_dir={folder}", *start, *quiet], cwd=folder)
    )


@app.command()
def build(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; say what a build would change, and whether a key leaks.")] = False,
    text: Annotated[str, typer.Option(help="Let all units work on this graded text, such as parallel.")] = "",
    course: Course = Path("."),
) -> None:
    """Make exercises/ from the masters in solutions/."""
    from readtwice.build import build as build_course
    from readtwice.build import check_build

    with said_plainly():
        folder = find_course(course)
        if check:
            problems = check_build(folder)
            for problem in problems:
                err.print(f"[bold]readtwice:[/bold] {escape(problem)}.")
            if problems:
                raise typer.Exit(1)
            out.print("Exercises and masters agree, and nothing of a key stands where students look.")
            return
        changed = build_course(folder, text)
    for path in changed:
        out.print(f"written: {escape(str(path.relative_to(folder)))}")
    if not changed:
        out.print("Everything was up to date.")


@app.command("print")
def print_(
    units: Annotated[list[str] | None, typer.Argument(help="Names or numbers of units; else all of them.")] = None,
    to: Annotated[Path | None, typer.Option(help="The folder to write into; else the course folder.")] = None,
    course: Course = Path("."),
) -> None:
    """Write worksheets, answer sheets, keys and tables to type into, for a school without computers."""
    from readtwice.printing import STUDENTS, TEACHER, print_units

    with said_plainly():
        folder = find_course(course)
        written, kept = print_units(folder, units or [], to or folder)
    for path in kept:
        out.print(f"left alone, because answers are typed into it: {escape(str(path))}")
    out.print(f"{len(written)} files written. Open them in a browser and print them, on A4 or Letter:")
    out.print(f"  {escape(str((to or folder) / STUDENTS))}: worksheets and answer sheets for students")
    out.print(f"  {escape(str((to or folder) / TEACHER))}: keys, and tables to type answers into. Keep this folder back")
