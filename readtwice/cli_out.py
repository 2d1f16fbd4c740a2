"""Commands that give something out, or delete it: grades, feedback, class-file, forget."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from readtwice.course import CannotDo, find_course
from readtwice.terminal import Course, app, at_the_keyboard, out, said_plainly, say_attention


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
    from readtwice.marked_before import marked_before
    from readtwice.scale import FILE, read_scale
    from readtwice.units import read_units
    from readtwice.whole_class import so_far

    with said_plainly():
        folder = find_course(course)
        scale = read_scale(folder)
        units = read_units(folder)
        if unit and unit not in units:
            raise CannotDo(f"there is no unit “{unit}”. The units are: {', '.join(units)}")
        standings = {who: one for who, one in so_far(folder, units, db) if unit in ("", who[1])}
        if not standings:
            raise CannotDo("nothing has been marked yet. Mark the hand-ins first:  readtwice mark")
        if table:
            filled = fill_in(table, standings, units, marked_before(folder), scale, unit)
            kind = {"moodle": "Moodle's worksheet", "canvas": "Canvas's gradebook"}.get(filled.platform, "A plain table")
            for name in filled.units:
                out.print(f"{kind}, {name}: {filled.grades[name]} of {filled.of} rows were filled in.")
            if any(filled.grades.values()):
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


@app.command("class-file")
def class_file(
    submitted: Annotated[Path | None, typer.Argument(help="Hand-ins, as for mark; else all that were ever marked in this course.")] = None,
    to: Annotated[Path | None, typer.Option(help="The file to write; else class.csv in the course folder.")] = None,
    course: Course = Path("."),
    db: Annotated[str, typer.Option(help="The gradebook's address, as for mark.")] = "",
) -> None:
    """Write the class file for unit 7: labels and test scores under random ids, without names and without prose."""
    from readtwice.class_export import class_rows, handed_in, marked_so_far, write_class
    from readtwice.class_file import FILE
    from readtwice.units import read_units

    with said_plainly():
        folder = find_course(course)
        units = read_units(folder)
        marked, attention = handed_in(submitted, folder, units) if submitted else marked_so_far(folder, units, db)
        say_attention(attention)
        rows, left_out = class_rows(marked, units)
        path = to or folder / FILE
        write_class(path, rows)
    for note in left_out:
        out.print(f"{escape(note)}.")
    out.print(f"written: {escape(str(path))}, {len(rows)} labels and scores. Give it to students, to lie beside the notebook of unit 7.")


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
