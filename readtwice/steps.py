"""The five places where this module stands in nbgrader's pipeline, and the configuration that puts it there."""

from __future__ import annotations

from functools import wraps
from pathlib import Path

import nbformat
from nbconvert.exporters import Exporter
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import AssignLatePenalties, ClearSolutions, NbGraderPreprocessor, SaveAutoGrades

from readtwice.answers import read_header
from readtwice.cells import grade_id, is_solution, source_of
from readtwice.hand_in import make_inert, mark_tasks
from readtwice.mark_batch import poured
from readtwice.masters import blank, cells_for
from readtwice.page import page
from readtwice.units import own_text, read_unit

STUB = "Write your answer here. Delete this line first."


class BlankAnswers(ClearSolutions):
    """In place of ClearSolutions: an answer cell keeps its ids and given lines and loses its asked labels.

    Cells that belong to another text than the notebook's own are left out.
    """

    def preprocess(self, nb, resources):
        nb.cells = cells_for(nb.cells, own_text(nb.cells, "this master").name)
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell, resources, index):
        if is_solution(cell) and read_header(source_of(cell)):
            cell.source = blank(cell.source)
            return cell, resources
        self.text_stub = STUB
        return super().preprocess_cell(cell, resources, index)


class Restore(NbGraderPreprocessor):
    """The only sanitising step: the released exercise with the student's own texts poured in.

    The file is read as `readtwice mark` reads it: nbformat gives a cell whose id occurs twice a new
    one, and so takes away what the student's text could be known by.
    """

    def preprocess(self, nb, resources):
        unit = read_unit(Path.cwd(), resources["nbgrader"]["assignment"])  # nbgrader works in the course folder
        about = resources["metadata"]
        return nbformat.from_dict(poured(Path(about["path"], f"{about['name']}.ipynb").read_bytes(), unit)), resources


class Mark(NbGraderPreprocessor):
    """In place of Execute: points and feedback into the test cells. Runs no code."""

    def preprocess(self, nb, resources):
        mark_tasks(nb, read_unit(Path.cwd(), resources["nbgrader"]["assignment"]))
        return nbformat.from_dict(nb), resources


class Inert(NbGraderPreprocessor):
    """After SaveAutoGrades, whose checksum needs the text as written: nothing a student wrote stays live."""

    def preprocess(self, nb, resources):
        make_inert(nb)
        return nb, resources


class Page(Exporter):
    """In place of nbgrader's HTML exporter: the feedback page, after GetGrades has filled in points and comments."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(self, nb, resources=None, **kw):
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            notebook = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            pending = {g.name for g in notebook.grades if g.auto_score is None and g.manual_score is None}
        scores = {grade_id(c): c.metadata.nbgrader.score for c in nb.cells if "score" in c.metadata.get("nbgrader", {})}
        comments = {grade_id(c): c.metadata.nbgrader.comment for c in nb.cells if c.metadata.get("nbgrader", {}).get("comment")}
        return page(nb, about["assignment"], about["student"], scores, comments, pending, about["late_penalty"]), resources


def configure(c) -> None:
    """Put the five steps into nbgrader's lists and name this course's folders."""
    _list_units_only()
    c.CourseDirectory.source_directory = "solutions"
    c.CourseDirectory.release_directory = "exercises"
    steps = GenerateAssignment.preprocessors.default()
    c.GenerateAssignment.preprocessors = [BlankAnswers if step is ClearSolutions else step for step in steps]
    c.Autograde.sanitize_preprocessors = [Restore]
    c.Autograde.autograde_preprocessors = [Mark, SaveAutoGrades, AssignLatePenalties, Inert]
    c.GenerateFeedback.exporter_class = Page


def _list_units_only() -> None:
    """Keep solutions/keys out of the formgrader's list of units: nbgrader takes every folder there for one."""
    listed = NbGraderAPI.get_source_assignments
    if not hasattr(listed, "__wrapped__"):
        NbGraderAPI.get_source_assignments = wraps(listed)(lambda api: listed(api) - {"keys"})
