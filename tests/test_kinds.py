"""Every kind of answer cell in one unit: filled by a build, handed in, marked, told, and leaking nothing."""

from __future__ import annotations

import copy
import json
import random
import re
import shutil
from html import unescape

import pytest
from conftest import cell, change, copy_course

from readtwice.agreement import FEWEST
from readtwice.arrows import MAP
from readtwice.build import build, check_build
from readtwice.hand_in import mark_tasks, restore
from readtwice.kinds import ADDED, OMISSION, REASONS
from readtwice.leaks import leaks
from readtwice.outcome import Outcome
from readtwice.readers import hand_in_of, ways_for
from readtwice.report import report
from readtwice.results import layer_results
from readtwice.schemes import layer_names
from readtwice.tally import tally
from readtwice.units import UnitProblem, master_path, read_notebook, read_unit, release_path

NAME = "9-every-kind"
CELLS = [*layer_names(), REASONS, ADDED, MAP, OMISSION, "form-a"]
BESIDE = "harbour-report"


def master() -> dict:
    """A master that asks everything that can be asked, moves and calls on two texts at once."""
    cells = [code("open", 'from readtwice import check, read\n\ntext = read("russia-must-act")')]
    for name in CELLS:
        asks = "all" if name in (OMISSION, "form-a") else "chosen"
        cells.append(code(f"{name}-answers", f"%%answers {name}\n# asks: {asks}", solution=True))
        check = f'check("{name}")'
        if name in ("move", "call"):
            cells.append(code(f"{name}-beside", f"%%answers {name} {BESIDE}\n# asks: chosen", solution=True))
            check += f'\ncheck("{name}", "{BESIDE}")'
        cells.append(code(name, check, grade=True, points=10))
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def code(name: str, source: str, solution: bool = False, grade: bool = False, points: int | None = None) -> dict:
    about = {"grade_id": name, "schema_version": 3, "solution": solution, "grade": grade, "locked": grade, "task": False}
    metadata = {"nbgrader": about | ({"points": points} if points else {})} if solution or grade else {}
    return {"cell_type": "code", "id": name, "metadata": metadata, "execution_count": None, "outputs": [], "source": source}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The course with that unit in it, built once."""
    course = copy_course(tmp_path_factory.mktemp("every") / "course")
    path = master_path(course, NAME)
    path.parent.mkdir()
    path.write_text(json.dumps(master()), encoding="utf-8")
    build(course)
    return course


@pytest.fixture
def fresh(made, tmp_path):
    return shutil.copytree(made, tmp_path / "copy")


def visible(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def marked(hand_in, unit):
    notebook = restore(hand_in, unit.release)
    return mark_tasks(notebook, unit), notebook


def test_the_master_earns_all_and_the_untouched_exercise_nothing(made):
    unit = read_unit(made, NAME)
    marks, _ = marked(read_notebook(master_path(made, NAME)), unit)
    assert {name: m.score for name, m in marks.items()} == dict.fromkeys(CELLS, 1.0)
    marks, notebook = marked(copy.deepcopy(unit.release), unit)
    assert {name: m.score for name, m in marks.items()} == dict.fromkeys(CELLS, 0.0)
    assert all("nothing to mark" in cell(notebook, name)["outputs"][0]["data"]["text/html"] for name in CELLS)


def test_the_build_leaks_nothing_and_is_stable(made):
    assert check_build(made) == []
    assert build(made) == []


def test_two_texts_are_marked_together_and_their_items_told_apart(made):
    unit = read_unit(made, NAME)
    task = next(task for task in unit.tasks if task.test == "move")
    assert [part.text.name for part in task.parts] == ["russia-must-act", BESIDE]
    assert len(task.asked) == len(set(task.asked)) == sum(len(part.asked) for part in task.parts)
    hand_in = read_notebook(master_path(made, NAME))
    beside = cell(hand_in, "move-beside")
    asked = [line if line.startswith(("=", "%", "#")) else f"{line.split(':')[0]}: attack | the" for line in beside["source"].split("\n")]
    beside["source"] = "\n".join(asked)
    marks, notebook = marked(hand_in, unit)
    wrong = [row.item for row in marks["move"].rows if row.credit == 0]
    assert wrong
    assert all(item.startswith(BESIDE) for item in wrong)
    assert marks["move"].score < 1
    html = cell(notebook, "move")["outputs"][0]["data"]["text/html"]
    assert all(item in html for item in wrong)
    assert "Finding and leaving alone" in html
    assert {part.text.about["notice"] for part in task.parts} <= set(
        re.findall("Studied, not endorsed.|Written for this course[^<]*invented.", html)
    )


def first_asked(unit, name):
    """The task of a test cell, with the first item that it asks and the key of that."""
    task = next(task for task in unit.tasks if task.test == name)
    item = task.parts[0].asked[0]
    return task, item, unit.key(task).rows[item]


@pytest.mark.parametrize("name", CELLS)
def test_each_kind_tells_what_the_key_says_and_why_where_an_answer_is_wrong(made, name):
    unit = read_unit(made, NAME)
    task, item, row = first_asked(unit, name)
    hand_in = read_notebook(master_path(made, NAME))
    answers = cell(hand_in, f"{name}-answers")
    scheme = task.kind(task.parts[0]).scheme
    wrong = next(label for label in scheme.names if not row.halves(label) and label != item) if scheme else "nonsense"
    answers["source"] = "\n".join(f"{item}: {wrong}" if line.startswith(f"{item}:") else line for line in answers["source"].split("\n"))
    marks, notebook = marked(hand_in, unit)
    assert marks[name].score < 1
    said = visible(cell(notebook, name)["outputs"][0]["data"]["text/html"])
    assert row.reason in said
    assert f"You said {wrong}" in said


@pytest.mark.parametrize("name", CELLS)
def test_an_answer_left_in_an_exercise_is_found(fresh, name):
    unit = read_unit(fresh, NAME)
    _, item, row = first_asked(unit, name)
    said = " | ".join(filter(None, (row.label, row.detail)))

    def leave(notebook):
        answers = cell(notebook, f"{name}-answers")
        answers["source"] = answers["source"].replace(f"{item}:", f"{item}: {said}", 1)

    change(release_path(fresh, NAME), leave)
    assert any(f"{name}, {item}" in problem for problem in leaks(fresh, unit))


def test_a_test_cell_that_checks_two_layers_is_refused(fresh):
    change(master_path(fresh, NAME), lambda nb: cell(nb, "voice").update(source='check("voice")\ncheck("move")'))
    with pytest.raises(UnitProblem, match="same layer"):
        read_unit(fresh, NAME)


def test_simulated_readers_do_the_whole_unit_and_the_report_shows_every_layer(made):
    unit = read_unit(made, NAME)
    ways = [way for way in ways_for(8) if not way.broken]
    everybodys = [marked(json.loads(hand_in_of(way, unit, random.Random(n))), unit)[0] for n, way in enumerate(ways)]
    outcome = Outcome(
        points={(str(n), NAME): 1.0 for n in range(len(everybodys))},
        tallies=tally(((str(n), one) for n, one in enumerate(everybodys)), unit),
    )
    assert {name: everybodys[0][name].score > 0.3 for name in layer_names()} == dict.fromkeys(layer_names(), True)
    results = {result.kind.name: result for result in layer_results(outcome, {NAME: unit})}
    assert set(results) == set(CELLS)
    assert all(result.readers >= FEWEST for result in results.values())
    page = report(outcome, {NAME: unit})
    assert all(result.kind.question in unescape(page) for result in results.values() if not result.is_test)
    assert page.count("How far the class agrees with itself") == len(layer_names())
    assert page.count("Finding and leaving alone") == 2


@pytest.mark.parametrize(
    ("label", "words"),
    [("wording", ("You flag rather too readily.", "hardly told apart")), ("none", ("You flag rather too seldom.", "hardly told apart"))],
)
def test_who_flags_everything_or_nothing_is_told_so(made, label, words):
    unit = read_unit(made, NAME)
    hand_in = copy.deepcopy(unit.release)
    for name in ("move-answers", "move-beside"):
        answers = cell(hand_in, name)
        answers["source"] = "\n".join(f"{line} {label}" if line.endswith(":") else line for line in answers["source"].split("\n"))
    _, notebook = marked(hand_in, unit)
    said = visible(cell(notebook, "move")["outputs"][0]["data"]["text/html"])
    assert all(word in said for word in words)
    assert "What went well" not in said
