"""Parts of a worksheet: a text with its numbers and given labels, pairs, source cards, words to count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from readtwice.answers import Answer, Answers
from readtwice.kinds import OMISSION as WHOLE_TEXT
from readtwice.marked_text import NOTICE_EVERY
from readtwice.numbers import RECIPES, speaker_in
from readtwice.paper import TEXT
from readtwice.schemes import Scheme, read_scheme
from readtwice.source_cards import PARAPHRASE, told
from readtwice.sources import OMISSION, read_sources
from readtwice.texts import Sentence, Text
from readtwice.units import Part, Task

IN_HEAD = ("Who", "When", "Kind")
SHOWN_DETAILS = {"speaker", "trace", "source", "gap"}  # short enough to stand beside a given label
Said = Mapping[str, tuple[Task, Part, Answers]]  # by grade id of the answer cell


def text_block(text: Text, said: Said, tasks: Mapping[str, str]) -> dict[str, Any]:
    """A text in paragraphs, each sentence with the tasks that ask it and the labels that are given."""
    on_it = []
    for cell, name in tasks.items():
        task, part, answers = said[cell]
        if part.text is text and task.layer not in RECIPES and (kind := task.kind(part)).is_layer and kind.scheme.items == "sentences":
            on_it.append((name, part, answers, kind.scheme))

    def sentence(s: Sentence) -> dict[str, Any]:
        asked = [name for name, part, *_ in on_it if s.item in part.asked]
        given = [tag_of(row, scheme) for *_, answers, scheme in on_it if (row := answers.rows.get(s.item)) and row.given]
        return {"item": s.item, "text": s.text, "asked": asked, "given": given}

    paragraphs = [[sentence(s) for s in group] for _, group in groupby(text.sentences, key=lambda s: s.paragraph)]
    source = ", ".join(filter(None, (text.about.get("outlet"), text.about.get("published"))))
    return {
        "kind": TEXT,
        "title": paragraphs[0],
        "paragraphs": paragraphs[1:],
        "notice": text.about["notice"],
        "notice_every": NOTICE_EVERY,
        "source": source,
        "asked": any(part.asked for _, part, *_ in on_it),
        "several": len(on_it) > 1,
        "given": any(row.given for *_, answers, _ in on_it for row in answers.rows.values()),
    }


def tag_of(row: Answer, scheme: Scheme) -> str:
    """A given label as its two letters, with its detail where that is short."""
    label = scheme[row.label]
    return f"{label.tag} {row.detail}" if row.detail and label.asks_detail and scheme.detail in SHOWN_DETAILS else label.tag


def cards_on(item: str, text: Text) -> dict[str, Any]:
    """The cards on a sentence, or on what the whole text leaves out, as they stand in a notebook; open, since paper does not open."""
    whole = item == WHOLE_TEXT
    held = [card for card in read_sources(text.name) if card.item == (OMISSION if whole else item)]
    if whole:
        held.sort(key=lambda card: (len(card.id), card.id))
    rows = [(card, [row for row in told(card) if row[0] not in IN_HEAD and row[1] != PARAPHRASE]) for card in held]
    return {"head": "" if whole else item, "about": "" if whole else text[item].text, "cards": rows}


def pairs_of(part: Part, answers: Answers, scheme: Scheme) -> Iterator[dict[str, Any]]:
    for pair in part.text.pairs:
        if pair.layer == scheme.layer:
            row = answers.rows.get(pair.item)
            yield {
                "item": pair.item,
                "note": pair.note,
                "asked": pair.item in part.asked,
                "given": tag_of(row, scheme) if row and row.given else "",
                "sides": [[part.text[item] for item in items] for items in (pair.from_, pair.to)],
            }


def words_to_count(layer: str, part: Part, said: Said) -> dict[str, Any]:
    """What is needed to count shares of words by hand: the words of each asked sentence, and the sums of the given ones."""
    labels = next(one for one in said.values() if one[0].layer == layer and one[1].text is part.text)
    scheme = read_scheme(layer)
    given: dict[str, int] = defaultdict(int)
    for row in labels[2].rows.values():
        if row.given:
            given[speaker_in(row.label, row.detail, scheme)] += part.text[row.item].words
    return {
        "given": sorted(given.items(), key=lambda pair: -pair[1]),
        "counts": [(item, part.text[item].words) for item in labels[1].asked],
        "all": sum(s.words for s in part.text.sentences),
    }
