"""Commands that mark: mark, report, accept, formgrader."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from readtwice.course import find_course
from readtwice.terminal import Course, app, at_the_keyboard, err, out, progress_bar, said_plainly, say_attention, say_where

if TYPE_CHECKING:
    from readtwice.overrides import Override

MOST_ROWS = 100


@app.command()
def mark(
    hand_ins: Annotated[
        Path, typer.Argument(help="nbgrader's submitted/ tree, a folder of notebooks, a zip, one notebook, or a table typed from paper.")
    ],
    course: Course = Path("."),
    db: Annotated[str, typer.Option(help="The gradebook's address, such as postgresql+psycopg://…; else gradebook.db.")] = "",
    scheduler: Annotated[str, typer.Option(help="Mark on a Dask cluster: the address of its scheduler.")] = "",
) -> None:
    """Mark a class: gradebook.db, autograded/, feedback/, grades.csv and class-report.html in the course folder."""
    from readtwice.mark_again import mark_again
    from readtwice.mark_class import mark_class
    from readtwice.report import write_reports
    from readtwice.units import read_units
    from readtwice.whose import in_the_alphabet

    with said_plainly():
        folder = find_course(course)
        units = read_units(folder)
        _ask_whose(hand_ins, folder, units)
        with _workers(scheduler) as executor:
            with progress_bar("Marking") as progress:
                outcome = mark_class(hand_ins, folder, progress, executor, db)
            with progress_bar("Marking again") as progress:
                again = mark_again(folder, units, db, progress, executor)
            outcome.attention += again.attention
            write_reports(folder, units, outcome, db)
    table = Table(Column("student", overflow="fold"), "unit", "points so far", "of", "to mark by hand")
    for student, unit in sorted(outcome.points, key=lambda who: (in_the_alphabet(who[0]), who[1]))[:MOST_ROWS]:
        points = outcome.points[student, unit]
        waiting = outcome.by_hand[student, unit]
        table.add_row(escape(student), unit, f"{points:g}", f"{units[unit].points:g}", str(waiting) if waiting else "")
    nothing = "" if outcome.attention else f": {escape(str(hand_ins))} holds no notebook"
    out.print(table if outcome.points else f"No hand-in could be marked{nothing}.")
    if len(outcome.points) > MOST_ROWS:
        out.print(f"… and {len(outcome.points) - MOST_ROWS} more; all of them stand in grades.csv.")
    for said in again.told():
        out.print(said)
    say_attention(outcome.attention)
    say_where(folder)
    if not outcome.points:
        return
    out.print("\nWhat to do next:")
    if waiting := sum(map(bool, outcome.by_hand.values())):
        out.print(f"  readtwice formgrader   {waiting} hand-in{'s wait' if waiting != 1 else ' waits'} for you; then mark once more")
    out.print("  readtwice grades       tables of points and marks, or your platform's table filled in")
    out.print("  readtwice feedback     the pages as zips, to give back")
    out.print("  readtwice class-file   the labels of the class without names, for unit 7")


@app.command()
def report(
    course: Course = Path("."),
    db: Annotated[str, typer.Option(help="The gradebook's address, as for mark.")] = "",
) -> None:
    """Write the class report of all that was marked: class-report.html, and class-report-to-project.html without names."""
    from readtwice.report import REPORT, TO_PROJECT, write_reports
    from readtwice.units import read_units

    with said_plainly():
        folder = find_course(course)
        whole = write_reports(folder, read_units(folder), db=db)
    if not whole.points:
        out.print("Nothing has been marked in this course yet, so the report is empty. Mark hand-ins first:  readtwice mark FOLDER")
    for name in (REPORT, TO_PROJECT):
        out.print(f"written: {escape(str(folder / name))}")


@app.command()
def accept(
    layer: Annotated[str, typer.Argument(help="The layer, such as voice. Without it, what is accepted so far is listed.")] = "",
    item: Annotated[str, typer.Argument(help="The sentence, pair or question, such as 4.2, g1 or q3.")] = "",
    label: Annotated[str, typer.Argument(help="The label that is to earn full credit, too.")] = "",
    because: Annotated[str, typer.Option(help="Why, in a sentence: students read it beside the key's reason.")] = "",
    text: Annotated[str, typer.Option(help="The text, where it is not the course's own, such as harbour-report.")] = "",
    db: Annotated[str, typer.Option(help="The gradebook's address, as for mark.")] = "",
    course: Course = Path("."),
) -> None:
    """Accept a label beside the key's, and mark again what that touches; alone, list what is accepted."""
    from readtwice.accept import accept as write_override
    from readtwice.mark_again import mark_again
    from readtwice.overrides import overrides_of
    from readtwice.report import refresh
    from readtwice.units import read_unit, read_units

    with said_plainly():
        folder = find_course(course)
        if not layer:
            _list_accepted(overrides_of(folder))
            return
        units = read_units(folder)
        done = write_override(folder, units, layer, item, label, because, text)
    out.print(escape(done.told()))
    with said_plainly(), progress_bar("Marking again") as progress:
        again = mark_again(folder, {name: read_unit(folder, name) for name in done.units}, db, progress)
        refresh(folder, read_units(folder), db)
    for said in again.told() or ["No hand-in had to be marked again; it counts from now on."]:
        out.print(said)
    say_attention(again.attention)
    out.print(escape(done.what_next(folder)))


@app.command()
def formgrader(
    course: Course = Path("."),
    db: Annotated[str, typer.Option(help="The gradebook's address, as for mark.")] = "",
) -> None:
    """Open nbgrader's formgrader, to mark written answers by hand and write comments."""
    with said_plainly():
        folder = find_course(course)
        from readtwice.formgrader import check_marked, environment, server

        check_marked(folder, db)
    out.print("The formgrader opens in your browser. Click the unit, the unit again, and a hand-in. Type points and a comment.")
    out.print("Ctrl and . (full stop) saves and goes to the same box of the next hand-in, Tab to the next box.")
    out.print("When you have finished, stop it here with Ctrl+C and run  readtwice mark  once more:")
    out.print("then your marks and comments stand on the feedback pages and in grades.csv.")
    raise typer.Exit(subprocess.call(server(folder, db=db), cwd=folder, env=environment()))


@contextmanager
def _workers(scheduler: str) -> Iterator[Executor | None]:
    """Who marks: a Dask cluster where one is named, else as many worker processes as there is work for."""
    if not scheduler:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        err.print("[bold]readtwice:[/bold] a cluster needs Dask:  pip install 'readtwice\\[cluster]'")
        raise typer.Exit(1) from None
    try:
        client = Client(scheduler, timeout="10s")
    except (OSError, ValueError) as error:
        err.print(f"[bold]readtwice:[/bold] no Dask scheduler answers at {escape(scheduler)} ({escape(str(error))})")
        raise typer.Exit(1) from None
    with client:
        yield client.get_executor()


def _ask_whose(hand_ins: Path, course: Path, units: Collection[str]) -> None:
    """Where somebody sits at the keyboard, ask whose the files are whose names do not tell, and keep the answers in who.csv."""
    from readtwice.collect import Found, collect
    from readtwice.whose import FILE, read_who, write_who

    if not at_the_keyboard() or hand_ins.resolve() == course.resolve():
        return
    who = read_who(course)
    nameless = [one.where for one in collect(hand_ins, units, who) if isinstance(one, Found) and not one.student]
    if nameless:
        out.print(f"The names of {len(nameless)} files do not say whose they are. Type a name, or nothing to leave one out.")
    for where in nameless:
        if said := typer.prompt(f"  {where}", default="", show_default=False).strip():
            who[where] = said
    if nameless:
        write_who(course, who)
        out.print(f"Kept in {FILE}, for the next time.")


def _list_accepted(accepted: Sequence[Override]) -> None:
    if not accepted:
        out.print('Nothing is accepted beside the keys so far. To accept a label:  readtwice accept LAYER ITEM LABEL --because "…"')
        return
    table = Table("text", "layer", "item", "label", "because", "when")
    for one in accepted:
        table.add_row(*map(escape, (one.text, one.layer, one.item, one.label, one.because, one.when)))
    out.print(table)
