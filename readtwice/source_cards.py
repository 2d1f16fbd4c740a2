"""Source cards: what stands on each, as HTML that opens without script or network, and as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from readtwice.marked_text import GREY, INK
from readtwice.sources import KINDS, Card
from readtwice.texts import Text

LENS = (
    "The same lens for each: who says it, when, and which kind of source is it? "
    "Then open the card: what does it say, and what can it not settle?"
)
IN_HEAD = ("Who", "When")  # stand on the line of a closed card
PARAPHRASE = "The card tells it in other words; the source is not quoted here."
_PRINT = (
    "<style>.readtwice-card>summary:focus-visible{outline:3px solid #1c5fa8;outline-offset:2px}"
    "@media print{.readtwice-card::details-content{content-visibility:visible;display:block}}</style>"
)
_BOX = f"max-width:46em;background-color:#ffffff;color:{INK};padding:.6em .9em;border:1px solid #c8c8c8;border-radius:4px;line-height:1.5"
_CARD = f"border:1px solid {INK};border-radius:4px;margin:.5em 0;padding:.3em .7em;overflow-wrap:anywhere"
_CHIP = f"border:1px solid {INK};border-radius:3px;padding:0 .35em;font-size:.85em;white-space:nowrap"

Group = tuple[str, str, Sequence[Card]]  # a heading, the words that the cards are about, the cards


def drawn(groups: Iterable[Group], text: Text) -> tuple[str, str]:
    """Groups of cards as HTML and as plain text: first who, when and which kind, and inside what the source says.

    A card opens by click, Enter or the space bar, and prints open. Its words stand there only where
    the pack allows to quote them; its address is plain text, so that nothing is fetched.
    """
    html, plain = [], [LENS]
    for head, about, cards in groups:
        html.append(f'<p style="margin:.9em 0 .2em"><b>{escape(head)}</b> {escape(about)}</p>{"".join(map(_card, cards))}')
        plain += ["", f"{head} {about}".strip(), *(line for card in cards for line in _lines(card))]
    notice = text.about["notice"]
    foot = f'<p style="margin:.8em 0 0;font-size:.8em;color:{GREY}">{escape(notice)}</p>'
    lens = f'<p style="margin:.2em 0">{escape(LENS)}</p>'
    return (
        f'{_PRINT}<div class="mathjax_ignore tex2jax_ignore" lang="en" style="{_BOX}">{lens}{"".join(html)}{foot}</div>',
        "\n".join([*plain, "", notice]),
    )


def told(card: Card) -> list[tuple[str, str]]:
    """What stands on a card, as names and words, empty ones left out."""
    quoted = f"“{card.quotation}”" if card.use == "quote" and card.quotation else PARAPHRASE
    rows = [
        ("Who", card.publisher),
        ("When", card.date),
        ("Kind", KINDS[card.kind]),
        ("Title", card.title),
        ("It says", card.says),
        ("Its own words", quoted),
        ("It cannot settle", card.cannot_settle),
        ("Address", card.address),
    ]
    return [(name, words) for name, words in rows if words]


def _card(card: Card) -> str:
    head = f'<b>{escape(card.id)}</b> <span style="{_CHIP}">{escape(card.kind)}</span> {escape(card.publisher)}, {escape(card.date)}'
    rows = "".join(f'<dt style="font-weight:bold;font-size:.85em">{name}</dt><dd style="margin:0 0 .4em 1em">{escape(words)}</dd>'
                   for name, words in told(card) if name not in IN_HEAD)  # fmt: skip
    return (
        f'<details class="readtwice-card" style="{_CARD}"><summary style="cursor:pointer;padding:.2em 0">{head}</summary>'
        f'<dl style="margin:.4em 0 0">{rows}</dl></details>'
    )


def _lines(card: Card) -> list[str]:
    return [f"  {card.id}", *(f"    {name}: {words}" for name, words in told(card))]
