"""A grammar of damages and attacks: what a notebook, and the file that holds it, can suffer on its way back from a student."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from functools import cache

from browsing_texts import HOSTILE
from conftest import ROOT

from readtwice.cells import Cell, is_solution
from readtwice.readers import WAYS, hand_in_of
from readtwice.units import Unit, read_unit, unit_names

UNITS = unit_names(ROOT)
Damage = Callable[[random.Random, list[Cell]], list[Cell]]


@cache
def unit(name: str) -> Unit:
    return read_unit(ROOT, name)


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


def damaged(name: str, way: int, seed: int, damages: list[Damage], whole: Callable[[str], bytes]) -> bytes:
    rng = random.Random(seed)
    notebook = json.loads(sound(name, way, seed % 5))
    for damage in sorted(damages, key=lambda damage: damage is nonsense):  # what is no cell any more can suffer nothing else
        notebook["cells"] = damage(rng, notebook["cells"])
    return whole(json.dumps(notebook))
