"""Masters: what `build` writes into their answer cells, and what the student's copy keeps of it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from readtwice.answers import read_header
from readtwice.cells import Cell, cells_of, is_solution, source_of
from readtwice.keys import Key, check_asked, key_path, read_key
from readtwice.numbers import RECIPES
from readtwice.schemes import SchemeNotFound, read_scheme
from readtwice.texts import Text, TextNotFound, read_text
from readtwice.units import UnitProblem, own_text

CHOSEN = "chosen"
ALL = "all"
_ASKS = re.compile(r"(?m)^#\s*asks:\s*(.*?)\s*$")


def fill(master: Cell, name: str, solutions: Path) -> None:
    """Write the key into a master's answer cells, in place.

    The line ``# asks: chosen`` in an answer cell asks the items that ``asked.csv`` beside the key
    lists; ``# asks: all`` asks every sentence, and ``# asks: 1.3 2.1`` those. The other sentences
    are given. Every label therefore stands in one place, the key.
    """
    cells = cells_of(master)
    own = own_text(cells, name)
    for cell in cells:
        header = read_header(source_of(cell)) if is_solution(cell) else None
        if header is None:
            continue
        found = _ASKS.search(source_of(cell))
        if not found:
            raise UnitProblem(f"{name}: the cell  %%answers {header[0]}  needs a line  # asks: chosen")
        try:
            text = read_text(header[1]) if header[1] else own
            if header[0] not in RECIPES:
                read_scheme(header[0])
        except (TextNotFound, SchemeNotFound) as error:
            raise UnitProblem(f"{name}: {error}") from error
        first = f"%%answers {header[0]}" + (f" {header[1]}" if header[1] else "")
        lines = _number_lines if header[0] in RECIPES else _label_lines
        cell["source"] = "\n".join([first, f"# asks: {found[1]}", *lines(header[0], text, found[1], solutions)])


def blank(source: str) -> str:
    """The student's copy of an answer cell: ids and given lines stay, asked labels and comments go."""
    kept = [line for line in source.split("\n") if not line.startswith("#")]
    return "\n".join(line if line.startswith(("=", "%%")) else re.sub(r":.*", ":", line) for line in kept)


def asked_items(text: Text, layer: str, asks: str, solutions: Path) -> list[str]:
    """The items that a line ``# asks: …`` means, in the order of the text; raises UnitProblem."""
    if asks == ALL:
        return list(text.items)
    if asks == CHOSEN:
        path = key_path(text, layer, solutions).parent / "asked.csv"
        try:
            with path.open(encoding="utf-8", newline="") as file:
                chosen = {row["item"] for row in csv.DictReader(file) if row["layer"] == layer}
        except (OSError, UnicodeDecodeError, KeyError) as error:
            raise UnitProblem(f"{path}: this table of asked items is missing or cannot be read; its columns are layer, item") from error
    else:
        chosen = set(asks.split())
    if unknown := chosen - set(text.items):
        raise UnitProblem(f"{layer}: {text.name} has no sentence {', '.join(sorted(unknown))}")
    return [item for item in text.items if item in chosen]


def _key(layer: str, text: Text, solutions: Path) -> Key:
    return read_key(key_path(text, layer, solutions), read_scheme(layer), text)


def _label_lines(layer: str, text: Text, asks: str, solutions: Path) -> list[str]:
    key = _key(layer, text, solutions)
    asked = asked_items(text, layer, asks, solutions)
    check_asked(key.only(asked))
    lines = []
    for row in key.rows.values():
        said = f"{row.item}: {row.label}" + (f" | {row.detail}" if row.detail else "")
        lines.append(said if row.item in asked else f"= {said}")
    return lines


def _number_lines(layer: str, text: Text, asks: str, solutions: Path) -> list[str]:
    """Numbers counted from the key: of the author and the two that have most, or of those named."""
    recipe = RECIPES[layer]
    scheme = read_scheme(recipe.layer)
    key = _key(recipe.layer, text, solutions)
    names = recipe.names(text)
    counted = recipe.expected(key.answers(), scheme, text, names)
    if asks == CHOSEN:
        most = sorted(names[1:], key=lambda name: -counted[name])[:2]
        names = [names[0], *most]
    elif asks != ALL:
        wanted = [name.strip() for name in asks.split(",")]
        if unknown := [name for name in wanted if name not in names]:
            raise UnitProblem(f"{layer}: no such number: {', '.join(unknown)}")
        names = wanted
    return [f"{name}: {counted[name]:.2f}" for name in names]
