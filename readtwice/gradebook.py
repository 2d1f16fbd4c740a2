"""nbgrader's gradebook: a batch of marked hand-ins in one transaction. Imports nbgrader, which takes seconds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import nbformat
import nbgrader
from alembic.script import ScriptDirectory
from nbgrader.api import Assignment, Comment, Grade, Gradebook, InvalidEntry, MissingEntry, Student, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties, SaveCells
from nbgrader.utils import parse_utc
from sqlalchemy import and_, func, insert, or_, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config, PyFileConfigLoader

from readtwice.build import alembic_on_path, replace_file
from readtwice.course import CONFIG, GradebookProblem
from readtwice.mark_batch import Standing
from readtwice.page import NO_RESPONSE
from readtwice.spreadsheets import no_formula
from readtwice.units import Unit

COLUMNS = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
           "raw_score", "late_submission_penalty", "score", "max_score")  # fmt: skip
MOST_AT_ONCE = 1000  # hand-ins in one question to the database


@dataclass(frozen=True)
class Entry:
    """What goes into the gradebook for one hand-in: points (None: by hand) and untouched cells, by grade id."""

    student: str
    points: Mapping[str, float | None]
    untouched: frozenset[str]
    timestamp: str | None = None


def open_gradebook(course: Path, db: str = "") -> Gradebook:
    """The course's gradebook, made where there is none.

    `db` is any address that SQLAlchemy takes; without one it is what nbgrader_config.py names as
    CourseDirectory.db_url, and without that gradebook.db in the course folder. Raises
    GradebookProblem where it cannot be opened, or where another version of nbgrader made it.
    """
    with alembic_on_path(), said_plainly():
        gradebook = Gradebook(address(course, db))
        made_by = gradebook.db.scalar(text("SELECT version_num FROM alembic_version"))
        versions = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic"))
        if made_by != versions.get_current_head():
            gradebook.close()
            older = any(made_by == version.revision for version in versions.walk_revisions())
            what = "an older nbgrader. Run  nbgrader db upgrade  first" if older else "a newer nbgrader. Bring nbgrader up to date first"
            raise GradebookProblem(f"the gradebook was made by {what}; nothing was changed")
        return gradebook


def address(course: Path, db: str = "") -> str:
    """Where the gradebook is, as SQLAlchemy writes it."""
    if db:
        return db
    config = teachers_config(course) if (course / CONFIG).is_file() else Config()
    return config.CourseDirectory.get("db_url") or f"sqlite:///{course.resolve() / 'gradebook.db'}"


def is_there(course: Path, db: str = "") -> bool:
    """Whether a course has a gradebook; one with an address elsewhere is taken to be there."""
    where = address(course, db)
    return not where.startswith("sqlite:///") or Path(where.removeprefix("sqlite:///")).is_file()


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turn what a database can say into a GradebookProblem."""
    try:
        yield
    except ImportError as error:
        why = f"the program for this kind of database is missing ({error}). For PostgreSQL:  pip install 'readtwice[postgres]'"
        raise GradebookProblem(why) from error
    except (SQLAlchemyError, InvalidEntry) as error:
        cause = error.__context__ if isinstance(error, InvalidEntry) and error.__context__ else error
        said = " ".join(str(getattr(cause, "orig", None) or cause).split())
        raise GradebookProblem(f"the gradebook says: {said}. What was written before stays; run the command again") from error


def save_unit(gradebook: Gradebook, unit: Unit) -> None:
    """Record a unit's cells as nbgrader's generate_assignment does; raises RuntimeError where that changes a unit in use."""
    gradebook.update_or_create_assignment(unit.name)
    db = gradebook.engine.url.render_as_string(hide_password=False)
    resources = {"nbgrader": {"notebook": unit.name, "assignment": unit.name, "db_url": db}}
    SaveCells().preprocess(nbformat.from_dict(unit.release), resources)
    gradebook.db.expire_all()


def teachers_config(course: Path) -> Config:
    """What the course's nbgrader_config.py says, such as the rule for late hand-ins."""
    return PyFileConfigLoader(CONFIG, path=str(course)).load_config()


def write_batch(gradebook: Gradebook, unit: Unit, batch: Iterable[Entry], config: Config) -> dict[str, Standing]:
    """Write a batch of one unit in one transaction, as nbgrader's SaveAutoGrades would; how each now stands.

    Marks and comments that a teacher gave stay. An answer cell of a student who is already there is
    updated, never doubled.
    """
    entries = {entry.student: entry for entry in batch}
    db, assignment = gradebook.db, gradebook.find_assignment(unit.name)
    (notebook,) = assignment.notebooks
    grade_names, comment_names = _cell_names(notebook)
    owners = _submissions(db, assignment, notebook, entries, grade_names, comment_names)

    rows = db.execute(select(Grade.id, Grade.notebook_id, Grade.cell_id, Grade.manual_score).where(Grade.notebook_id.in_(owners))).all()
    db.execute(update(Grade), [_grade(row, entries[owners[row.notebook_id]].points[grade_names[row.cell_id]]) for row in rows])
    rows = db.execute(select(Comment.id, Comment.notebook_id, Comment.cell_id).where(Comment.notebook_id.in_(owners))).all()
    untouched = {row.id: comment_names[row.cell_id] in entries[owners[row.notebook_id]].untouched for row in rows}
    db.execute(update(Comment), [{"id": id_, "auto_comment": NO_RESPONSE if yes else None} for id_, yes in untouched.items()])
    db.flush()
    _late_penalties(db, SubmittedNotebook.id.in_(owners), config)
    db.commit()
    return _standings(db, owners, grade_names, comment_names)


def unit_standings(gradebook: Gradebook, unit: Unit) -> dict[str, Standing]:
    """How every hand-in of a unit stands, by student; none where the gradebook has no such unit yet."""
    return dict(standings_of(gradebook, unit))


def standings_of(gradebook: Gradebook, unit: Unit) -> Iterator[tuple[str, Standing]]:
    """Student and standing of every hand-in of a unit, in alphabetical order, some at a time."""
    try:
        (notebook,) = gradebook.find_assignment(unit.name).notebooks
    except MissingEntry:
        return
    query = select(SubmittedNotebook.id, SubmittedAssignment.student_id).join(SubmittedNotebook.assignment)
    owners = sorted(gradebook.db.execute(query.where(SubmittedNotebook.notebook_id == notebook.id)).all(), key=lambda row: row[1])
    for start in range(0, len(owners), MOST_AT_ONCE):
        yield from _standings(gradebook.db, dict(owners[start : start + MOST_AT_ONCE]), *_cell_names(notebook)).items()


def students_of(gradebook: Gradebook, unit: str) -> list[str]:
    """Who has a hand-in of a unit in the gradebook, in alphabetical order."""
    query = select(SubmittedAssignment.student_id).join(SubmittedAssignment.assignment).where(Assignment.name == unit)
    return list(gradebook.db.scalars(query.order_by(SubmittedAssignment.student_id)))


def all_students(gradebook: Gradebook) -> set[str]:
    """Every student whom the gradebook knows, those too who have handed in nothing."""
    return set(gradebook.db.scalars(select(Student.id)))


def _cell_names(notebook) -> tuple[dict[str, str], dict[str, str]]:
    """Names by id of the cells that are graded, and of those that take a comment."""
    grades = {cell.id: cell.name for cell in (*notebook.grade_cells, *notebook.task_cells)}
    return grades, {cell.id: cell.name for cell in (*notebook.solution_cells, *notebook.task_cells)}


def _submissions(db, assignment, notebook, entries, grade_names, comment_names) -> dict[str, str]:
    """Rows for students and hand-ins that are new, times for all; student by id of the submitted notebook."""
    have = set(db.scalars(select(Student.id).where(Student.id.in_(entries))))
    new: dict[type, list[dict[str, Any]]] = {Student: [{"id": s} for s in entries if s not in have]}
    query = (
        select(SubmittedAssignment.student_id, SubmittedAssignment.id, SubmittedNotebook.id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .where(SubmittedAssignment.assignment_id == assignment.id, SubmittedAssignment.student_id.in_(entries))
    )
    there = {student: (submission, submitted) for student, submission, submitted in db.execute(query)}
    known = [(submission, entries[student].timestamp) for student, (submission, _) in there.items() if entries[student].timestamp]
    if known:
        db.execute(update(SubmittedAssignment), [{"id": submission, "timestamp": parse_utc(time)} for submission, time in known])
    owners = {submitted: student for student, (_, submitted) in there.items()}
    for student in entries.keys() - there.keys():
        submission, submitted = uuid4().hex, uuid4().hex
        owners[submitted] = student
        time = parse_utc(entries[student].timestamp)
        _add(new, SubmittedAssignment, {"id": submission, "assignment_id": assignment.id, "student_id": student, "timestamp": time})
        _add(new, SubmittedNotebook, {"id": submitted, "assignment_id": submission, "notebook_id": notebook.id})
        for cell in grade_names:
            _add(new, Grade, {"id": uuid4().hex, "notebook_id": submitted, "cell_id": cell})
        for cell in comment_names:
            _add(new, Comment, {"id": uuid4().hex, "notebook_id": submitted, "cell_id": cell})
    for table, rows in new.items():
        if rows:
            db.execute(insert(table), rows)
    return owners


def _add(new: dict[type, list[dict[str, Any]]], table: type, row: dict[str, Any]) -> None:
    new.setdefault(table, []).append(row)


def _grade(row, points: float | None) -> dict[str, Any]:
    return {"id": row.id, "auto_score": points, "needs_manual_grade": points is None or row.manual_score is not None}


def late_penalties(gradebook: Gradebook, unit: Unit, config: Config) -> None:
    """Set the penalties of a unit's hand-ins anew: the last day, an extension or the teacher's rule may have changed."""
    (notebook,) = gradebook.find_assignment(unit.name).notebooks
    _late_penalties(gradebook.db, SubmittedNotebook.notebook_id == notebook.id, config)
    gradebook.db.commit()


def _late_penalties(db, which, config: Config) -> None:
    """Set nbgrader's own penalty for each late hand-in."""
    step = AssignLatePenalties(config=config)
    step.init_plugin()
    with_a_time = and_(SubmittedAssignment.timestamp.is_not(None), Assignment.duedate.is_not(None))
    query = select(SubmittedNotebook).join(SubmittedNotebook.assignment).join(SubmittedAssignment.assignment)
    for submitted in db.scalars(query.where(which, or_(SubmittedNotebook.late_submission_penalty.is_not(None), with_a_time))):
        db.refresh(submitted)
        submitted.late_submission_penalty = None
        late = submitted.assignment.total_seconds_late
        if late > 0:
            penalty = step.plugin_inst.late_submission_penalty(submitted.student.id, submitted.score, late)
            if penalty is not None:
                submitted.late_submission_penalty = min(max(penalty, 0), submitted.score)


def _standings(db, owners, grade_names, comment_names) -> dict[str, Standing]:
    penalties = dict(
        db.execute(select(SubmittedNotebook.id, SubmittedNotebook.late_submission_penalty).where(SubmittedNotebook.id.in_(owners))).all()
    )
    scores: dict[str, dict[str, float]] = {student: {} for student in owners.values()}
    comments: dict[str, dict[str, str]] = {student: {} for student in owners.values()}
    pending: dict[str, set[str]] = {student: set() for student in owners.values()}
    by_teacher: dict[str, set[str]] = {student: set() for student in owners.values()}
    columns = (Grade.notebook_id, Grade.cell_id, Grade.score, Grade.auto_score, Grade.manual_score)
    for row in db.execute(select(*columns).where(Grade.notebook_id.in_(owners))):
        student, name = owners[row.notebook_id], grade_names[row.cell_id]
        scores[student][name] = row.score
        if row.manual_score is not None:
            by_teacher[student].add(name)
        elif row.auto_score is None:
            pending[student].add(name)
    query = select(Comment.notebook_id, Comment.cell_id, Comment.comment).where(Comment.notebook_id.in_(owners))
    for row in db.execute(query):
        if row.comment:
            comments[owners[row.notebook_id]][comment_names[row.cell_id]] = row.comment
    return {
        student: Standing(
            scores[student], comments[student], frozenset(pending[student]), frozenset(by_teacher[student]), penalties.get(submitted) or 0.0
        )
        for submitted, student in owners.items()
    }


def write_grades(gradebook: Gradebook, path: Path) -> None:
    """Write grades.csv with nbgrader's columns, safe to open in a spreadsheet: one row a student and unit that anybody handed in."""
    content = io.BytesIO()
    file = io.TextIOWrapper(content, encoding="utf-8", newline="")
    table = csv.writer(file, lineterminator="\n")
    table.writerow(COLUMNS)
    db = gradebook.db
    students = db.execute(select(Student.id, Student.last_name, Student.first_name, Student.email).order_by(Student.id)).all()
    for assignment in gradebook.assignments:
        handed_in = _handed_in(db, assignment.id)
        for student in students if handed_in else ():
            timestamp, raw, penalty = handed_in.get(student.id, (None, 0.0, 0.0))
            texts = (assignment.name, assignment.duedate, timestamp, *student)
            table.writerow([*map(no_formula, texts), raw, penalty, max(0.0, raw - penalty), assignment.max_score])
    file.flush()
    replace_file(path, content.getvalue())


def _handed_in(db, assignment: str) -> dict[str, tuple[Any, float, float]]:
    """Time, points and penalty of each hand-in of an assignment, by student, in one question however many there are."""
    points = (
        select(SubmittedNotebook.id, func.sum(Grade.score).label("points"))
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .group_by(SubmittedNotebook.id)
        .subquery()
    )
    query = (
        select(SubmittedAssignment.student_id, SubmittedAssignment.timestamp, points.c.points, SubmittedNotebook.late_submission_penalty)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .outerjoin(points, points.c.id == SubmittedNotebook.id)
        .where(SubmittedAssignment.assignment_id == assignment)
    )
    return {student: (timestamp, raw or 0.0, penalty or 0.0) for student, timestamp, raw, penalty in db.execute(query)}
