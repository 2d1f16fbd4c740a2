"""What unit 7 asks about a class: figures of agreement, and the items that split it most, counted from the simulated class."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from readtwice.agreement import Agreement, ItemSplit, agreement
from readtwice.answers import Answer, Answers
from readtwice.choices import read_words
from readtwice.class_file import simulated_class
from readtwice.keys import Key, KeyRow
from readtwice.marking import MarkedItem, Marks, mark_numbers
from readtwice.numbers import TOLERANCE, Number, read_numbers
from readtwice.schemes import layer_names, read_scheme

AGREEMENT, SPLIT = "agreement", "split"
SHARE = "-share"


def figures() -> tuple[str, ...]:
    """The lines of a cell of figures: each layer's alpha, and the smallest share in its table."""
    return (*layer_names(), *(layer + SHARE for layer in layer_names()))


def prompt(kind: str, line: str) -> str:
    """What a line of one of these cells asks for, in words."""
    if kind == SPLIT:
        example = f"{line[0]}1" if read_scheme(line).items == "pairs" else "2.1"
        return f"Layer {line}: which item has the smallest share? Write its name, such as {example}."
    layer = line.removesuffix(SHARE)
    return f"Layer {layer}: the smallest number in the column share." if line.endswith(SHARE) else f"Layer {layer}: alpha."


def read_figures(source: str) -> Answers:
    """Read a cell of figures, one a line: ``voice: 0.81``; what cannot be read becomes a Problem."""
    numbers, problems = read_numbers(source, figures())
    rows = {name: Answer(name, "" if n.value is None else f"{n.value:g}", line=n.line) for name, n in numbers.items()}
    return Answers(AGREEMENT, {name: rows[name] for name in figures() if name in rows}, problems)


def read_split(source: str) -> Answers:
    """Read a cell that names one item a layer: ``gloss: g1``; ``9,3`` and ``9. 3`` mean 9.3."""
    answers = read_words(source, layer_names(), "name of a layer")
    rows = {name: replace(said, label=re.sub(r"\s", "", said.label).replace(",", ".")) for name, said in answers.rows.items()}
    return replace(answers, rows=rows)


def mark_figures(answers: Answers, key: Key) -> Marks:
    """Mark figures: within .01 of the key's is right. The score is the share of right ones; nobody's own labels come into it."""
    typed = {item: Number(item, said, float(said), 0) for item in key.rows if (said := answers.label(item))}
    marks = mark_numbers(typed, {item: float(row.label) for item, row in key.rows.items()}, 1.0, TOLERANCE)
    return Marks(key.layer, tuple(MarkedItem(r.item, r.answer, "", r.credit, None, r.why) for r in marks.rows), marks.score)


@lru_cache(maxsize=1)
def simulated_agreement() -> dict[str, Agreement]:
    """Agreement of the simulated class on each of its layers."""
    room = simulated_class()
    return {layer: agreement(room.readers(text, layer), read_scheme(layer), room.items(text, layer)) for text, layer in room.layers}


def figures_key() -> Key:
    """The key of the figures, to two decimals."""
    rows = {}
    for layer, found in simulated_agreement().items():
        reason = f"Krippendorff's alpha of {found.readers} simulated readers on {found.items} items of {layer}."
        rows[layer] = KeyRow(layer, f"{found.alpha:.2f}", reason=reason, words=prompt(AGREEMENT, layer))
    for layer, found in simulated_agreement().items():
        least = _most_split(found)[0]
        reason = f"At {least.item}, {least.labels[least.commonest]} of {least.answered} simulated readers chose “{least.commonest}”."
        rows[layer + SHARE] = KeyRow(layer + SHARE, f"{least.share:.2f}", reason=reason, words=prompt(AGREEMENT, layer + SHARE))
    return Key(AGREEMENT, rows)


def split_key() -> Key:
    """The key of the items that split the class: each layer's item with the smallest share for its commonest label."""
    rows = {}
    for layer, found in simulated_agreement().items():
        first, *others = _most_split(found)
        said = ", ".join(f"{label} {n}" for label, n in first.labels.most_common())
        reason = f"The simulated readers said: {said}. No item of {layer} has a smaller share for its commonest label."
        rows[layer] = KeyRow(layer, first.item, accept=tuple(other.item for other in others), reason=reason, words=prompt(SPLIT, layer))
    return Key(SPLIT, rows)


def _most_split(found: Agreement) -> list[ItemSplit]:
    least = min(split.share for split in found.to_show)
    return [split for split in found.to_show if split.share == least]
