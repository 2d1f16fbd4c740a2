"""Simulated readers: made-up students for the demonstration and the tests, each with a named way of reading."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from readtwice.answers import Answer, Answers, line_of, read_answers
from readtwice.cells import Cell, grade_id
from readtwice.keys import Key
from readtwice.numbers import RECIPES
from readtwice.schemes import Scheme, read_scheme
from readtwice.texts import Text
from readtwice.units import Part, Task, Unit

QUOTING = ("quote", "mixed", "report")
WRITTEN = (
    "(Made up for the demonstration.) I chose 11.2. I said mixed, because the two words stand in quotation marks and the bracket names "
    "a magazine. Somebody else could say distance, because the author makes fun of a group with them.",
    "(Made up for the demonstration.) Sentence 6.1 was hard. It says report because of the word says.",
    "(Made up for the demonstration.) 14.1 is distance.",
)


@dataclass(frozen=True)
class Way:
    """A way of reading: what it does in words, and the label it gives where the key has another in mind."""

    name: str
    weight: int  # of 30 readers
    label: Callable[[random.Random, Key, Scheme, Text, str], str]
    answers: Callable[[int, int], bool] = lambda position, of: True
    writes: bool = True
    broken: bool = False
    knows: Callable[[str], float] = lambda name: 0.75  # how often such a reader gives the key's answer in a cell without labels


def _slips(rate: float) -> Callable[[random.Random, Key, Scheme, Text, str], str]:
    def label(rng, key, scheme, text, item):
        right = key.rows[item].label
        return rng.choice([name for name in scheme.names if name != right]) if rng.random() < rate else right

    return label


def _in_voice(label: Callable[..., str]) -> Callable[..., str]:
    """A misreading of voices; such a reader takes the other layers with care."""
    return lambda rng, key, scheme, text, item: (label if scheme.layer == "voice" else _slips(0.08))(rng, key, scheme, text, item)


def _author_for_quotation(rng, key, scheme, text, item):
    right = key.rows[item].label
    return "author" if right in QUOTING and rng.random() < 0.75 else _slips(0.06)(rng, key, scheme, text, item)


def _distance_everywhere(rng, key, scheme, text, item):
    marks = any(mark in text[item].text for mark in '"“”‘')
    return "distance" if marks and rng.random() < 0.85 else _slips(0.06)(rng, key, scheme, text, item)


WAYS = (
    Way("careful", 11, _slips(0.08)),
    Way("takes a quotation for the author's claim", 6, _in_voice(_author_for_quotation)),
    Way("sees distance everywhere", 4, _in_voice(_distance_everywhere)),
    Way("labels half", 3, _slips(0.08), answers=lambda position, of: position < of / 2),
    Way("one label for all", 1, lambda rng, key, scheme, text, item: scheme.names[-1]),
    Way("random", 2, _slips(0.8)),
    Way("blank", 1, lambda *_: "", answers=lambda *_: False, writes=False),
    Way("a broken file", 2, _slips(0.08), broken=True),
)


def ways_for(students: int) -> list[Way]:
    """Ways of reading for a class of any size, in the proportions of 30; each occurs in a class of 8 or more."""
    order = sorted((i / way.weight, n) for n, way in enumerate(WAYS) for i in range(way.weight))
    return [WAYS[order[i % len(order)][1]] for i in range(students)]


def hand_in_of(way: Way, unit: Unit, rng: random.Random) -> str:
    """The file that a reader with this way of reading would hand in for a unit."""
    notebook = copy.deepcopy(dict(unit.release))
    cells = {grade_id(cell): cell for cell in notebook["cells"] if grade_id(cell)}
    labels: dict[str, Answers] = {}
    for task in sorted(unit.tasks, key=lambda task: task.layer in RECIPES):
        for part in task.parts:
            cell = cells[part.answer_cell]
            if task.layer in RECIPES:
                cell["source"] = _number_cell(cell, task, labels[RECIPES[task.layer].layer], way)
            elif task.kind(part).is_layer:
                cell["source"], labels[task.layer] = _label_cell(cell, task, part, unit, way, rng)
            elif way.writes:
                cell["source"] = _other_cell(cell, task, part, unit, way, rng)
    for name in unit.written:
        if way.writes:
            cells[name]["source"] = rng.choice(WRITTEN)
    content = json.dumps(notebook, ensure_ascii=False, indent=1)
    return content[: content.index("%%answers") // 2] if way.broken else content


def _label_cell(cell: Cell, task: Task, part: Part, unit: Unit, way: Way, rng: random.Random) -> tuple[str, Answers]:
    scheme, key = read_scheme(task.layer), unit.keys[part.text.name, task.layer]
    rows = dict(read_answers(cell["source"], scheme, part.text).rows)
    for position, item in enumerate(part.asked):
        label = way.label(rng, key, scheme, part.text, item) if way.answers(position, len(part.asked)) else ""
        asks_detail = bool(label) and scheme[label].asks_detail
        detail = (key.rows[item].detail or _any_detail(scheme, part.text, item, rng)) if asks_detail else ""
        rows[item] = Answer(item, label, detail)
    lines = [cell["source"].split("\n")[0]]
    for item, row in rows.items():
        said = line_of(item, row.label, row.detail)
        lines.append(f"= {said}" if row.given else said)
    return "\n".join(lines), Answers(task.layer, rows)


def _any_detail(scheme: Scheme, text: Text, item: str, rng: random.Random) -> str:
    """A detail for a label that the key gives none: one of those on offer, or words of the sentence."""
    if scheme.detail == "speaker":
        return rng.choice(list(text.speakers))
    return rng.choice([option for option, _ in scheme.options] or text.words_at(item).split())


def _other_cell(cell: Cell, task: Task, part: Part, unit: Unit, way: Way, rng: random.Random) -> str:
    """Reasons, copied words, an omission, a map, a test: the key's answer as often as such a reader knows it, else another item's."""
    rows, knows = unit.keys[part.text.name, task.layer].rows, way.knows(task.layer)
    said = {item: rows[item if rng.random() < knows else rng.choice(part.asked)] for item in part.asked}
    first, *lines = cell["source"].split("\n")
    given = [line for line in lines if line.startswith("=")]
    return "\n".join([first, *given, *(line_of(item, row.label, row.detail) for item, row in said.items())])


def _number_cell(cell: Cell, task: Task, labels: Answers, way: Way) -> str:
    if not way.writes:
        return cell["source"]
    recipe = RECIPES[task.layer]
    counted = recipe.expected(labels, read_scheme(recipe.layer), task.text, task.asked)
    return "\n".join([cell["source"].split("\n")[0], *(f"{name}: {value:.2f}" for name, value in counted.items())])
