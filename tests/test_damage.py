"""Hand-ins damaged and hostile in every way that we could think of: each is marked for what it holds, or refused in plain words."""

from __future__ import annotations

import copy
import json
import os
import random
import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser

import pytest
from browsing_texts import HOSTILE
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readtwice.build import notebook_bytes
from readtwice.cells import Cell, grade_id, is_solution
from readtwice.collect import Refused
from readtwice.mark_batch import HandIn, Marked, mark_batch, packed
from readtwice.readers import WAYS, hand_in_of
from readtwice.units import Unit, read_unit, unit_names

MANY = int(os.environ.get("READTWICE_DAMAGED", "5000"))  # hand-ins in all
UNITS = unit_names(ROOT)
Damage = Callable[[random.Random, list[Cell]], list[Cell]]


@cache
def unit(name: str) -> Unit:
    return read_unit(ROOT, name)


@cache
def blob() -> bytes:
    return packed({name: unit(name) for name in UNITS})


@cache
def sound(name: str, way: int, seed: int) -> str:
    return hand_in_of(WAYS[way], unit(name), random.Random(seed))


def answers(cells: list[Cell]) -> list[int]:
    return [i for i, cell in enumerate(cells) if "".join(cell.get("source", "")).lstrip().startswith("%%answers")]


# What a notebook can suffer without losing an answer


def strip_metadata(rng, cells):
    return [{**cell, "metadata": {}} for cell in cells]


def other_ids(rng, cells):
    return [{**cell, "id": f"x{rng.randrange(10**9)}"} for cell in cells]


def no_ids(rng, cells):
    return [{key: value for key, value in cell.items() if key != "id"} for cell in cells]


def lose_the_checks(rng, cells):
    return [cell for cell in cells if not "".join(cell.get("source", "")).startswith("check(")]


def lose_the_prose(rng, cells):
    return [cell for cell in cells if cell.get("cell_type") != "markdown" or is_solution(cell)]


def more_points(rng, cells):
    return [
        {**cell, "metadata": {"nbgrader": {**cell["metadata"]["nbgrader"], "points": 10**6}}}
        if cell.get("metadata", {}).get("nbgrader")
        else cell
        for cell in cells
    ]


def outputs(rng, cells):
    junk = [
        {
            "output_type": "execute_result",
            "data": {"text/plain": "1000.0", "text/html": rng.choice(HOSTILE)},
            "metadata": {},
            "execution_count": 1,
        }
    ]
    return [{**cell, "outputs": junk} if cell.get("cell_type") == "code" else cell for cell in cells]


def own_cells(rng, cells):
    own = [{"cell_type": rng.choice(("code", "markdown", "raw")), "metadata": {}, "source": rng.choice((*HOSTILE, "1 + 1", "# my notes"))}]
    at = rng.randrange(len(cells) + 1)
    return [*cells[:at], *own, *cells[at:]]


def windows_line_ends(rng, cells):
    return [{**cell, "source": "".join(cell.get("source", "")).replace("\n", "\r\n")} for cell in cells]


def lists_of_lines(rng, cells):
    return [{**cell, "source": "".join(cell.get("source", "")).splitlines(keepends=True)} for cell in cells]


HARMLESS: tuple[Damage, ...] = (
    strip_metadata, other_ids, no_ids, lose_the_checks, lose_the_prose, more_points, outputs, own_cells, windows_line_ends, lists_of_lines,
)  # fmt: skip

# What may lose something, or tries to gain something


def reorder(rng, cells):
    return rng.sample(cells, len(cells))


def delete(rng, cells):
    return [cell for cell in cells if rng.random() < 0.8]


def double(rng, cells):
    return [copy.deepcopy(cell) for cell in cells for _ in range(1 + (rng.random() < 0.2))]


def split(rng, cells):
    return [part for cell in cells for part in (_halves(rng, cell) if rng.random() < 0.3 else [cell])]


def _halves(rng, cell):
    source = "".join(cell.get("source", ""))
    at = rng.randrange(len(source) + 1)
    return [{**cell, "source": source[:at]}, {**cell, "source": source[at:]}]


def merge(rng, cells):
    at = rng.randrange(max(1, len(cells) - 1))
    pair = cells[at : at + 2]
    return [*cells[:at], {**pair[0], "source": "\n".join("".join(c.get("source", "")) for c in pair)}, *cells[at + 2 :]] if pair else cells


def retype(rng, cells):
    return [
        {**cell, "cell_type": rng.choice(("code", "markdown", "raw", "heading", 7, None))} if rng.random() < 0.3 else cell for cell in cells
    ]


def swap_names(rng, cells):
    names = [cell.get("metadata", {}) for cell in cells]
    rng.shuffle(names)
    return [{**cell, "metadata": name} for cell, name in zip(cells, names, strict=True)]


def hostile_answers(rng, cells):
    made = [copy.deepcopy(cell) for cell in cells]
    for i in answers(made):
        made[i]["source"] += "".join(
            f"\n{rng.choice(('1.3', '2.1', 'T', 'g1', 's1', 'q1', 'card'))}: {rng.choice(HOSTILE)}" for _ in range(5)
        )
    return made


def nonsense(rng, cells):
    values = (None, 7, [], {}, [None], "x", ["a", 1], {"nbgrader": 3}, {"nbgrader": {"grade_id": [], "solution": "yes"}}, True)
    made = [dict(cell) for cell in cells]
    for cell in made:
        if rng.random() < 0.3:
            cell[rng.choice(("source", "metadata", "outputs", "id", "cell_type"))] = rng.choice(values)
    return [*made, *rng.choice(([], [None], ["cell"], [[]], [{}]))]


def long_lines(rng, cells):
    made = [copy.deepcopy(cell) for cell in cells]
    for i in answers(made)[:1]:
        made[i]["source"] += rng.choice(
            ("\n1.3: author" * 3000, "\n" + "1.3: " + "x" * 20_000, "\n" * 5000, "\n# I disagree: " + "y " * 9000)
        )
    return made


HARMFUL: tuple[Damage, ...] = (reorder, delete, double, split, merge, retype, swap_names, hostile_answers, nonsense, long_lines)

# What the file as a whole can suffer


def v3(text: str) -> bytes:
    notebook = json.loads(text)
    cells = [
        {**c, "input": c["source"], "language": "python"} if isinstance(c, dict) and c.get("cell_type") == "code" else c
        for c in notebook["cells"]
    ]
    return json.dumps({"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells, "metadata": {}}]}).encode()


WHOLE: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "utf-16": lambda text: text.encode("utf-16"),
    "byte-order mark": lambda text: text.encode("utf-8-sig"),
    "windows": lambda text: text.replace("\n", "\r\n").encode(),
    "version 3": v3,
    "version 99": lambda text: json.dumps({**json.loads(text), "nbformat": 99, "metadata": {"kernelspec": [1]}}).encode(),
}
BROKEN: dict[str, Callable[[str], bytes]] = {
    "half": lambda text: text[: len(text) // 2].encode(),
    "two in one": lambda text: (text + text).encode(),
    "deep": lambda text: (text[:200] + "[" * 50_000).encode(),
    "latin": lambda text: text.replace("e", "é").encode("latin-1"),
    "no cells": lambda text: json.dumps({**json.loads(text), "cells": {"a": 1}}).encode(),
}


class Live(HTMLParser):
    """What on a page could run, call away or lead away."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        if tag in ("script", "iframe", "object", "embed", "form", "link", "base", "svg", "img", "a", "input", "video"):
            self.found.append(tag)
        self.found += [
            name for name, value in attrs if name.startswith("on") or "url(" in (value or "") or name in ("src", "href", "srcdoc")
        ]


def live(page: str) -> list[str]:
    parser = Live()
    parser.feed(page)
    return parser.found


def damaged(name: str, way: int, seed: int, damages: list[Damage], whole: Callable[[str], bytes]) -> bytes:
    rng = random.Random(seed)
    notebook = json.loads(sound(name, way, seed % 5))
    for damage in sorted(damages, key=lambda damage: damage is nonsense):  # what is no cell any more can suffer nothing else
        notebook["cells"] = damage(rng, notebook["cells"])
    return whole(json.dumps(notebook))


def marked(name: str, content: bytes) -> Marked | Refused:
    (one,), _ = mark_batch(blob(), [HandIn("x.ipynb", "<b>ann</b>", name, content)])
    return one


def test_the_watch_notices_what_is_live() -> None:
    assert all(live(f"<p>{text}</p>") for text in HOSTILE if re.search(r"<\w", text))


names, ways, seeds = st.sampled_from(UNITS), st.sampled_from([0, 1, 5]), st.integers(0, 10**6)
wholes = st.sampled_from([*WHOLE.values()])
everything = settings(max_examples=MANY // 2, suppress_health_check=list(HealthCheck), deadline=None)


@given(names, ways, seeds, st.lists(st.sampled_from(HARMLESS), max_size=3), wholes)
@everything
def test_damage_that_loses_no_answer_costs_no_point(name, way, seed, damages, whole):
    one = marked(name, damaged(name, way, seed, damages, whole))
    same = marked(name, sound(name, way, seed % 5).encode())
    tests = {task.test for task in unit(name).tasks}
    assert {test: one.points[test] for test in tests} == {test: same.points[test] for test in tests}


@given(
    names,
    ways,
    seeds,
    st.lists(st.sampled_from([*HARMLESS, *HARMFUL]), min_size=1, max_size=4, unique=True),
    st.sampled_from([*WHOLE.values(), *BROKEN.values()]),
)
@everything
def test_whatever_is_handed_in_is_marked_within_bounds_and_inert_or_refused(name, way, seed, damages, whole):
    one = marked(name, damaged(name, way, seed, damages, whole))
    if isinstance(one, Refused):
        assert one.why[0].islower()
        assert len(one.why) < 300
        return
    most = {task.test: task.points for task in unit(name).tasks} | dict(unit(name).written)
    assert set(one.points) == set(most)
    assert all(points is None or (type(points) is float and 0 <= points <= most[test]) for test, points in one.points.items())
    assert live(one.page) == []
    assert len(one.page) < 400_000
    notebook = json.loads(one.notebook)
    assert notebook_bytes(notebook) == one.notebook
    released = {grade_id(cell): cell for cell in unit(name).release["cells"]}
    for cell in notebook["cells"]:
        if grade_id(cell):
            assert cell["metadata"] == released[grade_id(cell)]["metadata"]
        if cell["cell_type"] == "markdown" and (is_solution(cell) or not grade_id(cell)):
            assert "<script" not in "".join(cell["source"]).casefold()
        if cell["cell_type"] == "code" and is_solution(cell):
            assert "".join(cell["source"]).startswith("%%answers")


@pytest.mark.parametrize("size", [10**5, 10**6])
def test_a_million_lines_are_cut_and_told(size):
    notebook = json.loads(sound("1-whose-voice", 0, 0))
    (at, *_) = answers(notebook["cells"])
    notebook["cells"][at]["source"] += "\n1.3: author" * size
    one = marked("1-whose-voice", json.dumps(notebook).encode())
    assert re.search(r"\d{4} more", one.page)
    assert len(one.page) < 400_000
