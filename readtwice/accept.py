"""Accepting a label beside the key's: what a teacher asks for is checked, then written into the table of overrides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from readtwice.arrows import MAP
from readtwice.build import replace_file
from readtwice.class_answers import AGREEMENT, SPLIT
from readtwice.course import CannotDo
from readtwice.keys import Key
from readtwice.kinds import ADDED, REASONED_LAYER, REASONS, Kind, kind_of
from readtwice.numbers import RECIPES
from readtwice.overrides import COLUMNS, Override, accepting, home_of, labels_of, overrides_path, table_bytes, table_of
from readtwice.texts import Text, read_text
from readtwice.units import Part, Task, Unit

_CANNOT = {
    ADDED: "these words are copied from the text and no label. Which words count stands in the columns words and also of {}",
    MAP: "an arrow hangs together with the other arrows. Where else it may lead stands in the column accept of {}",
    AGREEMENT: "these numbers are counted from the simulated class, and there is nothing to decide",
    SPLIT: "these items are counted from the simulated class, and there is nothing to decide",
    **dict.fromkeys(RECIPES, "these numbers follow from each student's own labels. Accept a label of the layer instead"),
}


@dataclass(frozen=True)
class Accepted:
    """A line written: what is accepted, where it stands, which units ask it, and what may be accepted beside it."""

    override: Override
    path: Path
    line: int
    before: str  # the reason that stood there, "" where none did
    units: tuple[str, ...]
    also: str  # another layer in which the same item asks for the same label, "" where none does

    def told(self) -> str:
        """What was accepted."""
        one = self.override
        said = f"Accepted: {one.layer} {one.item} {one.label}, in {', '.join(self.units)}."
        return f"{said}\nThe reason that stood there was replaced: {self.before}" if self.before else said

    def what_next(self, course: Path) -> str:
        """How to take it back, and what else may be accepted."""
        one = self.override
        said = f"To take it back, delete line {self.line} of {self.path.relative_to(course)} and run  readtwice mark  again."
        if self.also:
            example = f'readtwice accept {self.also} {one.item} {one.label} --because "…"'
            said += (
                f"\n{self.also} asks about the same sentence, and there this label is not right yet. To accept it there, too:  {example}"
            )
        return said


@dataclass(frozen=True)
class _Asked:
    """What is asked of a layer of a text: its kind, the items by unit, and the key as it stands in its file."""

    text: Text
    kind: Kind
    items: Mapping[str, tuple[str, ...]]
    key: Key


def accept(course: Path, units: Mapping[str, Unit], layer: str, item: str, label: str, because: str, text: str = "") -> Accepted:
    """Write that a label of an item earns full credit, too, into the table beside the keys.

    `text` is the name of a text, else the one that the units asking this layer are about. Raises
    CannotDo where the layer, the item or the label is unknown or not asked, where the label is
    right already or the reason is missing, KeyProblem where the table is damaged; then nothing is written.
    """
    because = " ".join(because.split())
    if not (item.strip() and label.strip()):
        raise CannotDo('say which item and which label, and why:  readtwice accept LAYER ITEM LABEL --because "…"')
    if " " in item.strip() and not text:
        text, item = item.strip().rsplit(" ", 1)  # as the feedback and the class report name an item of a second text
    asked = _asked(course, units, layer, text)
    item = _item(asked, units, item)
    label = _label(asked, item, label)
    if asked.key.rows[item].earns_all(label):
        raise CannotDo(f"“{label}” is right already at {asked.kind.name} {item}: the key itself says so. Nothing was written")
    if not because:
        raise CannotDo('the reason is missing; students read it beside the key\'s. Add it:  --because "…"')
    home = home_of(asked.kind.name, asked.text)
    override = Override(home, asked.kind.name, item, label, because, date.today().isoformat())
    rows = table_of(course, home)
    same = [n for n, row in enumerate(rows) if n and [cell.strip() for cell in row[:3]] == [override.layer, item, label]]
    before = rows[same[-1]][3].strip() if same else ""
    at = same[-1] if same else len(rows)
    extra = rows[at][len(COLUMNS) :] if same else []
    rows[at : at + 1] = [[override.layer, item, label, because, override.when, *extra]]
    path = overrides_path(course, home)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, table_bytes(rows))
    line = table_bytes(rows[: at + 1]).count(b"\n")
    asking = tuple(name for name, items in asked.items.items() if item in items)
    return Accepted(override, path, line, before, asking, _also(course, units, asked, item, label))


def _asked(course: Path, units: Mapping[str, Unit], layer: str, text: str) -> _Asked:
    parts = [(unit, task, part) for unit in units.values() for task in unit.tasks for part in task.parts]
    names = list(dict.fromkeys(task.layer for _, task, _ in parts))
    layer = _known(layer, names) or layer
    if layer in {name for unit in units.values() for name in unit.written}:
        raise CannotDo(f"{layer} is a written answer. Mark it by hand:  readtwice formgrader")
    if layer not in names:
        raise CannotDo(f"no unit asks for a layer “{layer}”.{_meant(layer, names)} The units ask for: {', '.join(names)}")
    of_layer = [(unit, task, part) for unit, task, part in parts if task.layer == layer]
    texts = list(dict.fromkeys(part.text.name for _, task, part in of_layer if not text or text.strip().casefold() == part.text.name))
    if not texts:
        there = dict.fromkeys(part.text.name for _, _, part in of_layer)
        raise CannotDo(f"no unit asks for {layer} on a text “{text}”. It is asked on: {', '.join(there)}")
    own = list(dict.fromkeys(task.text.name for _, task, _ in of_layer))
    if not text and len(own) > 1:
        raise CannotDo(f"units of this course ask for {layer} on {' and '.join(own)}. Say which one you mean:  --text {own[0]}")
    of = read_text(texts[0] if text else own[0])
    if layer in _CANNOT:
        where = f"solutions/keys/{of.name}/{layer}.csv"
        raise CannotDo(f"{layer}: no label can be accepted here, for {_CANNOT[layer].format(where)}")
    items = {unit.name: part.asked for unit, _, part in of_layer if part.text.name == of.name}
    kind = kind_of(layer, of)
    return _Asked(of, kind, items, kind.key(course / "solutions"))


def _item(asked: _Asked, units: Mapping[str, Unit], item: str) -> str:
    all_asked = list(dict.fromkeys(i for items in asked.items.values() for i in items))
    said = item.strip().replace(",", ".")
    if found := _known(said, all_asked):
        return found
    layer, name = asked.kind.name, asked.text.name
    if given := _known(said, list(asked.key.rows)):
        why = f"{given} is given in {layer} on {name}, not asked, so nobody is marked on it."
    else:
        why = f"{layer} on {name} has no item “{said}”.{_meant(said, all_asked)}"
    others = [part.text.name for task, part in _parts(units) if task.layer == layer and part.text.name != name and _known(said, part.asked)]
    other = f" It is asked on {others[0]}:  --text {others[0]}." if others else ""
    raise CannotDo(f"{why}{other} Asked are: {', '.join(all_asked)}")


def _parts(units: Mapping[str, Unit]) -> list[tuple[Task, Part]]:
    return [(task, part) for unit in units.values() for task in unit.tasks for part in task.parts]


def _label(asked: _Asked, item: str, label: str) -> str:
    names = labels_of(asked.kind, item, asked.text)
    if found := _known(label, names):
        return found
    raise CannotDo(f"{asked.kind.name} has no label “{label.strip()}”.{_meant(label, names)} The labels are: {', '.join(names)}")


def _also(course: Path, units: Mapping[str, Unit], asked: _Asked, item: str, label: str) -> str:
    """Whether the same sentence is asked once more, with or without its reason, and the label is not right there."""
    other = {REASONED_LAYER: REASONS, REASONS: REASONED_LAYER}.get(asked.kind.name, "")
    for task, part in _parts(units):
        if task.layer == other and part.text.name == asked.text.name and item in part.asked:
            kind, solutions = kind_of(other, part.text), course / "solutions"
            if not accepting(kind.key(solutions), kind, part.text, solutions).rows[item].earns_all(label):
                return other
    return ""


def _known(said: str, names: Iterable[str]) -> str:
    return next((name for name in names if name.casefold() == " ".join(said.split()).casefold()), "")


def _meant(said: str, names: Iterable[str]) -> str:
    near = get_close_matches(said.strip().casefold(), list(names), n=2)
    return f" Did you mean {' or '.join(near)}?" if near else ""
