"""Masters: what `build` writes into their answer cells, and what the student's copy keeps of it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from readtwice.answers import line_of, read_header
from readtwice.cells import Cell, cells_of, is_solution, source_of
from readtwice.keys import check_asked, key_path, read_key
from readtwice.kinds import Kind, kind_of
from readtwice.numbers import RECIPES
from readtwice.schemes import SchemeNotFound, read_scheme
from readtwice.texts import Text, TextNotFound, read_text, text_names
from readtwice.units import UnitProblem, own_text

CHOSEN = "chosen"
ALL = "all"
_ASKS = re.compile(r"(?m)^#\s*asks:\s*(.*?)\s*$")


def fill(master: Cell, name: str, solutions: Path) -> None:
    """Write the key into a master's answer cells, in place.

    The line ``# asks: chosen`` in an answer cell asks the items that ``asked.csv`` beside the key
    lists; ``# asks: all`` asks every item that the key holds, and ``# asks: 1.3 2.1`` those. In a
    layer's cell the others are given. Every label therefore stands in one place, the key.
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
                kind_of(header[0], text)
        except (TextNotFound, SchemeNotFound) as error:
            raise UnitProblem(f"{name}: {error}") from error
        first = f"%%answers {header[0]}" + (f" {header[1]}" if header[1] else "")
        lines = _number_lines if header[0] in RECIPES else _answer_lines
        cell["source"] = "\n".join([first, f"# asks: {found[1]}", *lines(header[0], text, found[1], solutions)])


def put_text(master: Cell, name: str, text: str) -> None:
    """Let a master open another graded text, in place; raises UnitProblem where that is none."""
    graded = [other for other in text_names() if read_text(other).about.get("whole_course") == "yes"]
    if text not in graded:
        raise UnitProblem(f"“{text}” is no text that a class can be graded on. There are: {', '.join(graded)}")
    own = own_text(cells_of(master), name).name
    if own in graded:
        for cell in cells_of(master):
            cell["source"] = re.sub(rf"(\bread\(\s*[\"']){own}([\"'])", rf"\g<1>{text}\g<2>", source_of(cell))


def cells_for(cells: list[Cell], text: str) -> list[Cell]:
    """The cells of a master that belong to this text: all but those with a tag ``only-…`` of another."""
    return [cell for cell in cells if not (only := _only(cell)) or f"only-{text}" in only]


def _only(cell: Cell) -> list[str]:
    return [tag for tag in cell["metadata"].get("tags", []) if tag.startswith("only-")]


def blank(source: str) -> str:
    """The student's copy of an answer cell: ids and given lines stay, asked labels and comments go."""
    kept = [line for line in source.split("\n") if not line.startswith("#")]
    return "\n".join(line if line.startswith(("=", "%%")) else re.sub(r":.*", ":", line) for line in kept)


def asked_items(kind: Kind, text: Text, asks: str, solutions: Path) -> list[str]:
    """The items that a line ``# asks: …`` means, in the order of the text; raises UnitProblem."""
    held = list(kind.key(solutions).rows)
    if asks == ALL:
        return held
    if asks == CHOSEN:
        path = key_path(text, kind.name, solutions).parent / "asked.csv"
        try:
            with path.open(encoding="utf-8", newline="") as file:
                chosen = {row["item"] for row in csv.DictReader(file) if row["layer"] == kind.name}
        except (OSError, UnicodeDecodeError, KeyError) as error:
            raise UnitProblem(f"{path}: this table of asked items is missing or cannot be read; its columns are layer, item") from error
    else:
        chosen = set(asks.split())
    if unknown := chosen - set(held):
        thing = kind.things.removesuffix("s")
        raise UnitProblem(f"{kind.name}: the key of {text.name} has no {thing} {', '.join(sorted(unknown))}")
    return [item for item in held if item in chosen]


def _answer_lines(name: str, text: Text, asks: str, solutions: Path) -> list[str]:
    kind = kind_of(name, text)
    key = kind.key(solutions)
    asked = asked_items(kind, text, asks, solutions)
    if kind.is_layer:
        check_asked(key.only(asked))
    lines = []
    for row in key.rows.values():
        said = line_of(row.item, row.label, row.detail)
        if row.item in asked:
            lines.append(said)
        elif kind.gives_the_rest:
            lines.append(f"= {said}")
    return lines


def _number_lines(layer: str, text: Text, asks: str, solutions: Path) -> list[str]:
    """Numbers counted from the key: of the author and the two that have most, or of those named."""
    recipe = RECIPES[layer]
    scheme = read_scheme(recipe.layer)
    key = read_key(key_path(text, recipe.layer, solutions), scheme, text)
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
