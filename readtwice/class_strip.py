"""The text as a strip with a class's agreement: for each asked item its commonest label, and how many gave it."""

from __future__ import annotations

from dataclasses import dataclass

from readtwice.pictures import WORD
from readtwice.results import ItemResult, LayerResult
from readtwice.schemes import Label


@dataclass(frozen=True)
class Block:
    """One item of a strip; `label` is None where it was not asked, or too few answered."""

    item: str
    width: float  # in em
    label: Label | None
    share: float  # of the readers who gave the commonest label, 0 to 1
    asked: bool


def class_strips(layer: LayerResult) -> list[tuple[str, list[Block]]]:
    """The strips of a layer, one for each text that it was asked on: the text's title, and a block for each sentence or pair.

    Items that fewer than five readers answered show no label.
    """
    if not layer.kind.is_layer or not layer.may_be_shown:
        return []
    results = {result.key.item: result for result in layer.items}
    strips = []
    for part in layer.task.parts:
        widths = {s.item: max(2.6, s.words * WORD) for s in part.text.sentences}
        items = part.text.items_of(layer.kind.name, layer.kind.scheme.items)
        asked = set(part.asked)
        shown = [item for item in items if item in asked] if layer.kind.scheme.items == "pairs" else items
        blocks = [_block(item, widths.get(item, 3.4), results.get(layer.task.name(part, item)), item in asked, layer) for item in shown]
        strips.append((part.text.title, blocks))
    return strips


def _block(item: str, width: float, result: ItemResult | None, asked: bool, layer: LayerResult) -> Block:
    if not asked or result is None or not result.may_be_shown:
        return Block(item, width if asked else max(1.2, width / 2), None, 0.0, asked)
    label, n = max(result.labels.items(), key=lambda pair: (pair[1], pair[0]))
    return Block(item, width, layer.kind.scheme[label], n / result.answered, True)
