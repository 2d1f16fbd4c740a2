"""The command line: each command's module, in the order in which `readtwice --help` lists them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from readtwice import cli_course, cli_mark, cli_out
from readtwice.course import course_source
from readtwice.terminal import app, err, out, progress_bar, said_plainly, say_attention, say_where

__all__ = ["app", "cli_course", "cli_mark", "cli_out"]


@app.command()
def demo(
    students: Annotated[int, typer.Option(min=1, max=10_000, help="How many simulated readers.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed gives the same class.")] = 1,
    to: Annotated[Path, typer.Option(help="The folder to make.")] = Path("demo-course"),
) -> None:
    """Make a course folder with a simulated class, mark it, and say where things lie."""
    from readtwice.demo import InTheWay, make_demo

    with said_plainly():
        course_source()
        try:
            with progress_bar("Marking") as progress:
                made = make_demo(to, students, seed, progress)
        except InTheWay as error:
            err.print(f"[bold]readtwice:[/bold] {escape(str(error))}")
            raise typer.Exit(1) from None
    out.print(f"A simulated class of {students}, marked. Every reader is made up; each has one way of reading.")
    groups: dict[str, list[str]] = defaultdict(list)
    for student, way in made.ways.items():
        groups[way.name].append(student)
    table = Table("way of reading", "readers", "mean score", "points so far")
    for way, readers in groups.items():
        marked = [who for who in made.outcome.points if who[0] in readers]
        scores = [made.marks(student)[task.test].score for student, unit in marked for task in made.units[unit].tasks[:1]]
        points = sorted(made.outcome.points[who] for who in marked)
        mean = f"{sum(scores) / len(scores):.2f}" if scores else "unreadable"
        table.add_row(way, str(len(readers)), mean, f"{points[0]:g} to {points[-1]:g}" if points else "")
    out.print(table)
    say_attention(made.outcome.attention)
    say_where(made.folder)
