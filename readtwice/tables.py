"""Labels as pandas tables; pandas is loaded when a cell asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readtwice.answers import Answers
from readtwice.arrows import CALL, MAP, read_boxes
from readtwice.notebook import labels, own_text
from readtwice.numbers import speaker_in
from readtwice.schemes import Scheme, read_scheme
from readtwice.texts import Text

if TYPE_CHECKING:
    import pandas


def table(layer: str, name: str = "", whose: str = "") -> pandas.DataFrame:
    """The labels of a layer as a pandas DataFrame, one row an item, always of the newest text.

    Columns of a sentence: item, paragraph, words, label, the layer's detail (for voice: speaker),
    given, text. Of a pair: item, label, detail, given, from, to. Of a box of the map: item, role,
    leads_to, given, text. The labels are those of this
    notebook's answer cell; with ``whose="earlier"`` those of a notebook in the folder beside this
    one's, and with ``whose="key"`` the key's, on a practice text. Raises NotReady where there are none.
    """
    pandas = load_pandas()
    text = own_text(name)
    if layer == MAP:
        return pandas.DataFrame(_boxes(text, labels(MAP, text, whose)))
    scheme = read_scheme(layer)
    answers = labels(layer, text, whose)
    if scheme.items == "pairs":
        return pandas.DataFrame(
            [
                {"item": pair.item} | _said(pair.item, answers, scheme) | {"from": text.passage(pair.from_), "to": text.passage(pair.to)}
                for pair in text.pairs
                if pair.layer == layer
            ]
        )
    held = [s for s in text.sentences if scheme.keyed == "all" or s.item in answers.rows]
    return pandas.DataFrame(
        [{"item": s.item, "paragraph": s.paragraph, "words": s.words} | _said(s.item, answers, scheme) | {"text": s.text} for s in held]
    )


def _boxes(text: Text, answers: Answers) -> list[dict[str, object]]:
    return [
        {
            "item": box.item,
            "role": box.role,
            "leads_to": "" if box.role == CALL else answers.label(box.item) or None,
            "given": box.item in answers.given,
            "text": box.words,
        }
        for box in read_boxes(text)
    ]


def load_pandas():
    """pandas, which shows a sentence whole."""
    import pandas

    pandas.set_option("display.max_colwidth", None)
    return pandas


def _said(item: str, answers: Answers, scheme: Scheme) -> dict[str, object]:
    answer = answers.rows.get(item)
    label = answer.label if answer and answer.label else None
    row: dict[str, object] = {"label": label}
    if scheme.detail == "speaker":
        row["speaker"] = speaker_in(label, answer.detail, scheme) if label else None
    elif scheme.detail:
        row[scheme.detail] = answer.detail if label else None
    return {**row, "given": bool(answer and answer.given)}
