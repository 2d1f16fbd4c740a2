"""What every command shares: the terminal, what goes wrong in a sentence, the progress bar."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from readtwice.attention import by_file
from readtwice.class_file import ClassProblem
from readtwice.course import CannotDo, GradebookProblem, NoCourse
from readtwice.keys import KeyProblem
from readtwice.texts import TextNotFound
from readtwice.units import UnitProblem
from readtwice.whose import WhoProblem

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Take a persuasive text apart, sentence by sentence.")
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

SAID_PLAINLY = (NoCourse, CannotDo, UnitProblem, KeyProblem, TextNotFound, ClassProblem, WhoProblem, GradebookProblem, FileNotFoundError)

Course = Annotated[Path, typer.Option(help="The course folder; else the one that you are in.")]


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turn what can go wrong into a sentence and exit code 1."""
    try:
        yield
    except SAID_PLAINLY as error:
        err.print(f"[bold]readtwice:[/bold] {escape(str(error))}")
        raise typer.Exit(1) from None
    except OSError as error:
        err.print(
            f"[bold]readtwice:[/bold] {escape(_said(error))}. What was written before stays; run the command again once that is mended"
        )
        raise typer.Exit(1) from None


def _said(error: OSError) -> str:
    """What a disk says, without its numbers; copying a folder says it once for each file."""
    if isinstance(error, shutil.Error):
        return re.sub(r"^\[\w+ \d+\] ", "", str(error.args[0][0][-1]))
    return ": ".join(filter(None, (error.filename and str(error.filename), error.strerror or str(error))))


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def at_the_keyboard() -> bool:
    return sys.stdin.isatty()


def say_attention(attention: Sequence[tuple[str, str]]) -> None:
    """Name every file that needs a human eye, and why."""
    files = by_file(attention)
    if files:
        out.print(f"\n{len(files)} {'file needs' if len(files) == 1 else 'files need'} a human eye:")
    for where, notes in files.items():
        out.print(f"  {escape(where)}: {escape(notes[0])}" if len(notes) == 1 else f"  {escape(where)}:")
        for note in notes if len(notes) > 1 else ():
            out.print(f"    {escape(note)}")


def say_where(folder: Path) -> None:
    """Say where what marking wrote lies."""
    out.print("\nWhere things lie:")
    lies = (
        ("class-report.html", "what to talk about tomorrow, and who needs you"),
        ("class-report-to-project.html", "the same for the class, without names"),
        ("feedback/", "one page for each student"),
        ("grades.csv", "points, for a spreadsheet"),
        ("gradebook.db", "nbgrader's gradebook; written answers wait there for the formgrader"),
        ("autograded/", "the marked notebooks"),
    )
    width = max(len(str(folder / name)) for name, _ in lies)
    for name, what in lies:
        if (folder / name).exists():
            out.print(f"  {escape(str(folder / name).ljust(width))}  {what}")
