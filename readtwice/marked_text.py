"""The marked text: sentences with their labels, as HTML that reads without colour and without script."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from html import escape as escape_quotes_too
from itertools import groupby

from readtwice.answers import Answer, Answers
from readtwice.schemes import Scheme
from readtwice.texts import Sentence, Text

NOTICE_EVERY = 5  # paragraphs
escape = partial(escape_quotes_too, quote=False)  # no text of ours stands in an attribute here
INK = "#1c1c1c"
GREY = "#595959"
_BOX = (
    f"max-width:46em;line-height:1.75;overflow-wrap:anywhere;background-color:#ffffff;color:{INK};padding:0.75em 1em;"
    "border:1px solid #c8c8c8;border-radius:4px"
)
_NUMBER = f"font-size:0.75em;color:{GREY}"
_SIDE = "flex:1 1 15em;border-top:1px solid #c8c8c8;padding:0.3em 0"
_CHIP = "border:1px solid;border-radius:3px;padding:0 0.3em;font-size:0.78em;display:inline-block;max-width:95%;line-height:1.35"


def plain_text(text: Text) -> str:
    """The text in reading layout, each sentence with its number."""
    return _box(text, _paragraphs(text, lambda s: f"{_number(s)}{escape(s.text)}"))


def marked_text(answers: Answers, scheme: Scheme, text: Text) -> str:
    """The text with one reader's labels: colour, two-letter tag and name, and the detail.

    A given label says *given*, an open one *open*, so that nothing hangs on colour alone. A layer of
    pairs shows a table with the two passages of each side by side.
    """

    def sentence(s: Sentence) -> str:
        answer = answers.rows.get(s.item)
        if answer is None and scheme.keyed == "chosen":
            return f"{_number(s)}{escape(s.text)}"
        if answer is None or not answer.label:
            return f"{_number(s)}{escape(s.text)} {_chip(answer, scheme)}"
        colour = f"background-color:{scheme[answer.label].colour}"
        return f'{_number(s)}<span style="{colour}">{escape(s.text)}</span> {_chip(answer, scheme)}'

    if scheme.items == "pairs":
        return _box(text, [_legend(scheme), _pairs(answers, scheme, text)])
    return _box(text, [_legend(scheme), *_paragraphs(text, sentence)])


def _chip(answer: Answer | None, scheme: Scheme) -> str:
    """A label as tag and name, with its detail; a dashed *open* where there is none."""
    if answer is None or not answer.label:
        return f'<span style="{_CHIP};border-style:dashed">open</span>'
    label = scheme[answer.label]
    said = f"<b>{label.tag}</b> {label.name}"
    said += f": {escape(answer.detail)}" if answer.detail and label.asks_detail else ""
    said += " <i>(given)</i>" if answer.given else ""
    return f'<span style="{_CHIP};background-color:{label.colour}">{said}</span>'


SIDES = {"gloss": ("the quotation", "the author's words about it"), "support": ("the evidence", "the claim")}


def _pairs(answers: Answers, scheme: Scheme, text: Text) -> str:
    """A list of pairs: label, and the two passages side by side, below each other where there is little room."""
    items = []
    for pair in text.pairs:
        if pair.layer == scheme.layer:
            note = f' <span style="font-size:0.8em;color:{GREY}">{escape(pair.note)}</span>' if pair.note else ""
            sides = "".join(
                f'<div style="{_SIDE}"><b style="font-size:0.8em">{side}</b><br>{_passage(text, passage)}</div>'
                for side, passage in zip(SIDES[scheme.layer], (pair.from_, pair.to), strict=True)
            )
            head = f"<b>{pair.item}</b> {_chip(answers.rows.get(pair.item), scheme)}{note}"
            items.append(f'<li style="margin:0.8em 0">{head}<div style="display:flex;flex-wrap:wrap;gap:0.2em 1em">{sides}</div></li>')
    return f'<ul style="list-style:none;padding-left:0;line-height:1.5">{"".join(items)}</ul>'


def _passage(text: Text, items: tuple[str, ...]) -> str:
    return " ".join(f"{_number(text[item])}{escape(text[item].text)}" for item in items)


def text_with_tags(answers: Answers, scheme: Scheme, text: Text) -> str:
    """The same as plain lines, for front ends without HTML."""
    lines = []
    if scheme.items == "pairs":
        for pair in text.pairs:
            if pair.layer == scheme.layer:
                said = answers.label(pair.item)
                tag = scheme[said].tag if said else "__"
                lines += [f"{pair.item:>5} {tag} {text.passage(pair.from_)}", f"         {text.passage(pair.to)}"]
        return "\n".join(lines)
    for s in text.sentences:
        answer = answers.rows.get(s.item)
        tag = scheme[answer.label].tag if answer and answer.label else "__"
        lines.append(f"{s.item:>5} {tag} {s.text}")
    return "\n".join(lines)


def _legend(scheme: Scheme) -> str:
    chips = " ".join(
        f'<span style="{_CHIP};background-color:{label.colour}"><b>{label.tag}</b> {label.name}</span>' for label in scheme.labels
    )
    return f'<p style="margin:0.2em 0 0.8em"><b>{escape(scheme.question)}</b> {chips}</p>'


def _paragraphs(text: Text, sentence) -> Iterator[str]:
    for number, sentences in groupby(text.sentences, key=lambda s: s.paragraph):
        body = " ".join(sentence(s) for s in sentences)
        if number == 0:
            yield f'<p style="font-weight:bold;font-size:1.1em;margin:0.4em 0">{body}</p>'
            continue
        yield f'<p style="margin:0.5em 0">{body}</p>'
        if number % NOTICE_EVERY == 0:
            yield _notice(text)


def _number(s: Sentence) -> str:
    return f'<span style="{_NUMBER}">{s.item}</span> '


def _notice(text: Text) -> str:
    return f'<p style="margin:0.5em 0;font-size:0.8em;color:{GREY}">— {escape(text.about["notice"])} —</p>'


def _box(text: Text, parts) -> str:
    source = ", ".join(filter(None, (text.about.get("outlet"), text.about.get("published"))))
    foot = f'<p style="margin:0.8em 0 0;font-size:0.8em;color:{GREY}">{escape(source)}. {escape(text.about["notice"])}</p>'
    return f'<div class="mathjax_ignore tex2jax_ignore" style="{_BOX}" lang="en">{"".join(parts)}{foot}</div>'
