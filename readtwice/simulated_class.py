"""The simulated class of unit 7: made-up readers of the practice text, with properties that were planted.

`python -m readtwice.simulated_class` writes the shipped file anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

from readtwice.class_file import FORM, SCORE, SHIPPED, SIMULATED, Row, class_csv
from readtwice.keys import Key, KeyRow, key_path, read_key
from readtwice.schemes import Scheme, layer_names, read_scheme
from readtwice.texts import read_text

TEXT = "harbour"
READERS = 24
SEED = "haddersea 1"
SLIPS = {  # how often such a reader, on average, does not give the key's label
    "voice": 0.05, "call": 0.07, "statement": 0.14, "evidence": 0.2,
    "verdict": 0.24, "gloss": 0.32, "support": 0.4, "move": 0.42,
}  # fmt: skip
SPLIT = ("statement", "3.3")  # every second reader gives the key's label, the others the one that is also right
TO_ANOTHER_RIGHT_ONE = 0.6  # of the slips on an item that has a second defensible label
MOST_OF_A_LABEL = 4  # items, so that no layer is all one label
QUESTIONS = 12
BEFORE, GAIN = 0.45, 0.22  # chance that a question is right before the course, and what is added to it


def made_up_rows() -> list[Row]:
    """The rows of the shipped class file; the same every time, as only `Random.random` is used."""
    rng = Random(SEED)
    care = [0.6 + 0.8 * rng.random() for _ in range(READERS)]
    rows = []
    for layer in layer_names():
        scheme = read_scheme(layer)
        key = read_key(key_path(read_text(TEXT), layer), scheme, read_text(TEXT))
        items = _items(key)
        for reader in range(READERS):
            labels = ((item, _label(rng, key.rows[item], scheme, SLIPS[layer] * care[reader], reader)) for item in items)
            rows += [Row(_name(reader), TEXT, layer, item, label) for item, label in labels]
    for form, gained in (("a", 0.0), ("b", GAIN)):
        for reader in range(READERS):
            chance = BEFORE + gained + 0.3 * (1 - care[reader])
            right = sum(rng.random() < chance for _ in range(QUESTIONS))
            rows.append(Row(_name(reader), "", FORM + form, SCORE, f"{right / QUESTIONS:.2f}"))
    return rows


def _name(reader: int) -> str:
    return f"{SIMULATED}-{reader + 1:02}"


def _items(key: Key) -> list[str]:
    """The first items of each label, and the one that splits the class."""
    seen: Counter[str] = Counter()
    items = []
    for row in key.rows.values():
        seen[row.label] += 1
        if seen[row.label] <= MOST_OF_A_LABEL or (key.layer, row.item) == SPLIT:
            items.append(row.item)
    return items


def _label(rng: Random, row: KeyRow, scheme: Scheme, slips: float, reader: int) -> str:
    if (scheme.layer, row.item) == SPLIT:
        return row.label if reader % 2 else row.accept[0]
    if rng.random() >= slips:
        return row.label
    also = [*row.accept, *row.near]
    if also and rng.random() < TO_ANOTHER_RIGHT_ONE:
        return _one(rng, also)
    return _one(rng, [name for name in scheme.names if name != row.label])


def _one(rng: Random, names: Sequence[str]) -> str:
    return names[int(rng.random() * len(names))]


if __name__ == "__main__":
    SHIPPED.write_bytes(class_csv(made_up_rows()))
