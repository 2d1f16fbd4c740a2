"""What a student's cells call to leave the page: source cards, a quotation beside its record, verdicts as claim reviews."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from readtwice import quotations, source_cards
from readtwice.claim_reviews import claim_reviews
from readtwice.keys import ITSELF
from readtwice.kinds import OMISSION as WHOLE_TEXT
from readtwice.marked_text import INK
from readtwice.notebook import NotReady, labels, own_text
from readtwice.shown import Shown, say
from readtwice.sources import OMISSION, Card, read_sources
from readtwice.tables import load_pandas
from readtwice.texts import Text

if TYPE_CHECKING:
    import pandas

VERDICT = "verdict"
NO_CARDS = "This text has no source cards."
ASKED = "What does the whole text leave out?"
_PRE = (
    f"max-width:60em;background-color:#ffffff;color:{INK};border:1px solid #c8c8c8;padding:.6em .9em;"
    "white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere"
)


def cards(*items: object) -> Shown:
    """The source cards on these sentences, or with ``cards("omission")`` the cards on offer for what the whole text leaves out.

    An item that is no sentence, or has no card, is named in a sentence, and the others are shown.
    """
    try:
        text = own_text("")
    except NotReady as error:
        return say([str(error)])
    if not read_sources(text.name):
        return say([NO_CARDS])
    groups, missing = [], []
    for item in dict.fromkeys(str(item).strip() for item in items):
        if group := _group(item, text):
            groups.append(group)
        elif item in text.items:
            missing.append(f"There is no card on {item}.")
        else:
            missing.append(f"There is no sentence “{item}”. Sentences have numbers such as 4.2.")
    if not items:
        missing.append('Say which sentence, like  cards("4.2").')
    if missing:
        missing.append(f"There are cards on {_listed(text)}.")
    said = say(missing)
    if not groups:
        return said
    html, plain = source_cards.drawn(groups, text)
    return Shown(said.html + html, "\n".join(filter(None, [said.plain, plain])))


def _group(item: str, text: Text) -> source_cards.Group | None:
    """The cards on a sentence, or those on offer for the omission in the order of their names; None where there are none."""
    whole = item.casefold() == WHOLE_TEXT
    if not whole and item not in text.items:
        return None
    held = [card for card in read_sources(text.name) if card.item == (OMISSION if whole else item)]
    if whole:
        held.sort(key=lambda card: (len(card.id), card.id))
    head, about = (ASKED, "Which of these cards tells it? Not every one does.") if whole else (item, "")
    return (head, about or text[item].text, held) if held else None


def _listed(text: Text) -> str:
    held = {card.item for card in read_sources(text.name)}
    return ", ".join([*(item for item in text.items if item in held), *([f'"{WHOLE_TEXT}"'] if OMISSION in held else [])])


def compare(item: object, source: object) -> Shown:
    """A quotation of the text beside the record that a card speaks of: what was kept, added, left out, cut before and after."""
    try:
        text = own_text("")
    except NotReady as error:
        return say([str(error)])
    item, source = str(item).strip(), str(source).strip()
    records = quotations.read_records(text.name)
    for record in records:
        if (record.item, record.source.casefold()) == (item, source.casefold()):
            card = _card_of(record, text)
            return Shown(*quotations.drawn(record, card, text))
    there = ", ".join(f"{record.item} with {record.source}" for record in records)
    return say([f"The sources hold no words to lay beside {item} from {source}.", f"You can compare: {there}." if there else NO_CARDS])


def _card_of(record: quotations.Record, text: Text) -> Card:
    """The source's card on the quoted sentence, or else one that has the record's words."""
    held = [card for card in read_sources(text.name) if card.id == record.source]
    on_it = [card for card in held if card.item == record.item]
    return next(iter([*on_it, *(card for card in held if record.same in card.quotation), *held]))


def claim_review(layer: str = VERDICT) -> Shown:
    """The reader's own verdicts as ClaimReview records in JSON-LD, to read and to copy; given ones are left out."""
    if str(layer).strip().casefold() != VERDICT:
        return say([f'A claim review holds verdicts. Say  claim_review("{VERDICT}").'])
    try:
        text = own_text("")
        answers = labels(VERDICT, text, "")
    except NotReady as error:
        return say([str(error)])
    reviews = claim_reviews(answers, text, read_sources(text.name))
    if not reviews:
        return say(["There is no verdict of your own yet. Answer one in the cell  %%answers verdict  and run this cell again."])
    written = json.dumps(reviews, indent=2, ensure_ascii=False)
    html = (
        f'<div class="mathjax_ignore tex2jax_ignore"><pre style="{_PRE}">{escape(written)}</pre>'
        f'<p style="font-size:.85em">{escape(text.foot)}</p></div>'
    )
    return Shown(html, f"{written}\n{text.about['notice']}")


def source_table() -> pandas.DataFrame:
    """The source pack as a pandas DataFrame, a row a card: item, source, kind, who, when, title, says.

    Each sentence with cards has one more row for the text itself, with both source and kind ``text``,
    so that a merge with ``table("verdict")`` on item and source finds every source that a verdict can
    name. Cards on the whole text are not in it. Raises NotReady where no text is open.
    """
    text = own_text("")
    pack = read_sources(text.name)
    rows = []
    for item in text.items:
        held = [card for card in pack if card.item == item]
        rows += [(item, c.id, c.kind, c.publisher, c.date, c.title, c.says) for c in held]
        if held:
            rows.append((item, ITSELF, ITSELF, "the text itself", "", "", ""))
    return load_pandas().DataFrame(rows, columns=["item", "source", "kind", "who", "when", "title", "says"])
