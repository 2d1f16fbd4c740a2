"""The command line."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from readtwice.course import CannotDo, course_source, find_course
from readtwice.terminal import Course, app, at_the_keyboard, err, out, progress_bar, said_plainly, say_attention

if TYPE_CHECKING:
    from readtwice.overrides import Override

MOST_ROWS = 100


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
    from readtwice.units import read_unit, unit_names

    with said_plainly():
        folder = find_course(course)
        units = {name: read_unit(folder, name) for name in unit_names(folder)}
        _ask_whose(hand_ins, folder, units)
        with _workers(scheduler) as executor:
            with progress_bar("Marking") as progress:
                outcome = mark_class(hand_ins, folder, progress, executor, db)
            with progress_bar("Marking again") as progress:
                again = mark_again(folder, units, db, progress, executor)
            outcome.attention += again.attention
            write_reports(folder, units, outcome, db)
    table = Table("student", "unit", "points so far", "of", "to mark by hand")
    for (student, unit), points in sorted(outcome.points.items())[:MOST_ROWS]:
        waiting = outcome.by_hand[student, unit]
        table.add_row(escape(student), unit, f"{points:g}", f"{units[unit].points:g}", str(waiting) if waiting else "")
    out.print(table if outcome.points else "No hand-in could be marked.")
    if len(outcome.points) > MOST_ROWS:
        out.print(f"… and {len(outcome.points) - MOST_ROWS} more; all of them stand in grades.csv.")
    for said in again.told():
        out.print(said)
    say_attention(outcome.attention)
    _where(folder)
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
    from readtwice.units import read_unit, unit_names

    with said_plainly():
        folder = find_course(course)
        whole = write_reports(folder, {name: read_unit(folder, name) for name in unit_names(folder)}, db=db)
    if not whole.points:
        out.print("Nothing has been marked in this course yet, so the report is empty. Mark hand-ins first:  readtwice mark FOLDER")
    for name in (REPORT, TO_PROJECT):
        out.print(f"written: {escape(str(folder / name))}")


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
    from readtwice.units import read_unit, unit_names

    with said_plainly():
        folder = find_course(course)
        if not layer:
            _list_accepted(overrides_of(folder))
            return
        units = {name: read_unit(folder, name) for name in unit_names(folder)}
        done = write_override(folder, units, layer, item, label, because, text)
    out.print(escape(done.told()))
    with said_plainly(), progress_bar("Marking again") as progress:
        again = mark_again(folder, {name: read_unit(folder, name) for name in done.units}, db, progress)
        refresh(folder, {name: read_unit(folder, name) for name in unit_names(folder)}, db)
    for said in again.told() or ["No hand-in had to be marked again; it counts from now on."]:
        out.print(said)
    say_attention(again.attention)
    out.print(escape(done.what_next(folder)))


@app.command()
def formgrader(course: Course = Path(".")) -> None:
    """Open nbgrader's formgrader, to mark written answers by hand and write comments."""
    with said_plainly():
        folder = find_course(course)
        from readtwice.formgrader import check_marked, server

        check_marked(folder)
    out.print("The formgrader opens in your browser. When you have finished, stop it here with Ctrl+C and run  readtwice mark  once more:")
    out.print("then your marks and comments stand on the feedback pages and in grades.csv.")
    raise typer.Exit(subprocess.call(server(folder), cwd=folder))


@app.command("class-file")
def class_file(
    submitted: Annotated[Path | None, typer.Argument(help="Hand-ins, as for mark; else all that were ever marked in this course.")] = None,
    to: Annotated[Path | None, typer.Option(help="The file to write; else class.csv in the course folder.")] = None,
    course: Course = Path("."),
) -> None:
    """Write the class file for unit 7: labels and test scores under random ids, without names and without prose."""
    from readtwice.class_export import class_rows, handed_in, marked_so_far, write_class
    from readtwice.class_file import FILE
    from readtwice.units import read_unit, unit_names

    with said_plainly():
        folder = find_course(course)
        units = {name: read_unit(folder, name) for name in unit_names(folder)}
        marked, attention = handed_in(submitted, folder, units) if submitted else marked_so_far(folder, units)
        say_attention(attention)
        rows, left_out = class_rows(marked, units)
        path = to or folder / FILE
        write_class(path, rows)
    for note in left_out:
        out.print(f"{escape(note)}.")
    out.print(f"written: {escape(str(path))}, {len(rows)} labels and scores. Give it to students, to lie beside the notebook of unit 7.")


@app.command()
def grades(
    table: Annotated[Path | None, typer.Argument(help="A table from your platform, to be filled in under a new name.")] = None,
    unit: Annotated[str, typer.Option(help="This unit alone, such as 1-whose-voice.")] = "",
    course: Course = Path("."),
    db: Annotated[str, typer.Option(help="The gradebook's address, as for mark; else gradebook.db.")] = "",
) -> None:
    """Write tables of points, percent and marks, or fill in the table of Moodle, Canvas or your own."""
    from readtwice.fill_in import fill_in
    from readtwice.grades import ITEMS, UNITS, item_rows, unit_rows, write_table
    from readtwice.mark_class import so_far
    from readtwice.marked_before import marked_before
    from readtwice.scale import FILE, read_scale
    from readtwice.units import read_unit, unit_names

    with said_plainly():
        folder = find_course(course)
        scale = read_scale(folder)
        units = {name: read_unit(folder, name) for name in unit_names(folder)}
        if unit and unit not in units:
            raise CannotDo(f"there is no unit “{unit}”. The units are: {', '.join(units)}")
        standings = {who: one for who, one in so_far(folder, units, db) if unit in ("", who[1])}
        if not standings:
            raise CannotDo("nothing has been marked yet. Mark the hand-ins first:  readtwice mark")
        if table:
            filled = fill_in(table, standings, units, marked_before(folder), scale, unit)
            kind = {"moodle": "Moodle's worksheet", "canvas": "Canvas's gradebook"}.get(filled.platform, "A plain table")
            out.print(f"{kind}, {', '.join(filled.units)}: {filled.grades} of {filled.of} rows were filled in.")
            if filled.grades:
                out.print(f"written: {escape(str(filled.path))}. {escape(table.name)} itself was not changed.")
            for note in filled.notes:
                out.print(f"  {escape(note)}.")
            return
        write_table(folder / UNITS, unit_rows(standings, units, scale))
        write_table(folder / ITEMS, item_rows(folder, standings, units))
    out.print(f"written: {escape(str(folder / UNITS))}, a row for each student")
    out.print(f"written: {escape(str(folder / ITEMS))}, a row for each item that a student was asked")
    out.print(
        "A unit that a student did not hand in stays empty and does not count; while a written answer waits, percent and mark stay open."
    )
    out.print(f"Marks come from {FILE}." if scale else f"There is no {FILE}, so there are points and percent and no marks.")


@app.command()
def feedback(
    platform: Annotated[
        str, typer.Option("--for", help="moodle or canvas: zips that it takes; else one zip with a folder a student.")
    ] = "",
    unit: Annotated[str, typer.Option(help="This unit alone, such as 1-whose-voice.")] = "",
    course: Course = Path("."),
) -> None:
    """Put the feedback pages into zips: a folder for each student, or named as Moodle or Canvas needs them."""
    from readtwice.give_back import HOW, give_back
    from readtwice.units import unit_names

    with said_plainly():
        folder = find_course(course)
        if platform not in HOW:
            raise CannotDo(f"there are zips for {' and '.join(filter(None, HOW))}, and none for “{platform}”")
        if unit and unit not in unit_names(folder):
            raise CannotDo(f"there is no unit “{unit}”. The units are: {', '.join(unit_names(folder))}")
        done = give_back(folder, [unit] if unit else unit_names(folder), platform)
    for path, pages in done.zips.items():
        out.print(f"written: {escape(str(path))}, {pages} page{'' if pages == 1 else 's'}")
    out.print(HOW[platform])
    if done.without:
        out.print(f"\nWithout a page in {'this zip' if len(done.zips) == 1 else 'these zips'}:")
        for who, why in done.without:
            out.print(f"  {escape(who)}: {escape(why)}.")


@app.command()
def forget(
    term: Annotated[Path, typer.Argument(help="The course folder of the term; . is the one that you are in.")],
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; for scripts.")] = False,
    db: Annotated[str, typer.Option(help="The gradebook's address, as for mark; else gradebook.db.")] = "",
) -> None:
    """Delete a term's hand-ins, marks and names. Lessons, exercises, solutions and the scale stay."""
    from readtwice import forget as forgetting

    with said_plainly():
        found = forgetting.look(term)
        name = found.folder.name
        out.print(f"In {escape(str(found.folder))}: {len(found.students)} students, {found.files} files.")
        for path in found.going:
            link = ", a link; what it leads to stays" if path.is_symlink() else "/" if path.is_dir() else ""
            out.print(f"  {escape(path.name)}{link}")
        if not yes:
            if not at_the_keyboard():
                raise CannotDo("nothing was deleted: there is no keyboard to ask at. Say --yes to delete without being asked")
            if typer.prompt(f"Type the folder's name, {name}, to delete all this for good", default="", show_default=False).strip() != name:
                raise CannotDo("that is not the folder's name, so nothing was deleted")
        gone = forgetting.forget_gradebook(found, db)
        forgetting.forget(found)
    if gone:
        out.print(f"{gone} students were taken out of the gradebook.")
    out.print("Deleted." if found.going else "There was nothing to delete in this folder.")
    out.print("Lessons, exercises, solutions and scale.csv stay; so does class.csv, which holds no names and no prose.")
    if found.strange:
        out.print(f"This stays too. Look whether it holds hand-ins: {escape(', '.join(found.strange))}")
    out.print("Not found from here: downloads in other folders, the platform's own copies, nbgrader's exchange, and your waste bin.")


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
    _where(made.folder)


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


def _where(folder: Path) -> None:
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
