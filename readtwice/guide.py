"""The label guide: a page for students, made from the schemes."""

from __future__ import annotations

from pathlib import Path

from readtwice.schemes import Scheme, layer_names, read_scheme
from readtwice.sources import KINDS

GUIDE = Path("lessons") / "label-guide.md"

_HEAD = """# Label guide

How a reader marks a persuasive text, one layer at a time. A layer asks one question of every sentence, or of pairs of passages.

Three rules hold in every layer:

- **A label is not a verdict.** `checkable` means that it could be settled, not that it is true. `none` is a right answer and is common.
- **Label what this sentence does here**, read in its place, and not what you know about the topic.
- **Try the tests in the order of the table.** The first that holds wins, except where a layer says otherwise.

The examples are invented; none of them stands in a text that you will be asked about.
"""

NOTES = {
    "voice": """A source named in brackets is named. A quotation that is never closed runs to the end of its paragraph. Where one person
retells another inside a quotation, the speaker is the person whose quotation it is. For `quote`, `mixed` and `report`, add the
speaker: a surname or an institution.""",
    "statement": """Three steps. **One:** does the sentence pass on what somebody said (voice `quote`, `report` or `mixed`)? Then it is
`checkable`: a recording could settle whether it was said. **Two:** find the main clause. **Three:** try the tests in order. A wish or
demand that a government has declared is `checkable`; an aim or mood that it has not declared is `interpretation`. A saying is `value`.""",
    "gloss": """Cover the author's words and ask: could a fair listener have written them from the quotation, its date and place, and what
the text has said before? Arithmetic is allowed. Verbs of saying must fit what was done.""",
    "evidence": """Two answers for each claim: the type of backing, and its trace. Look at the sentence, its paragraph, the one before, and
whatever the sentence points back to. Choose the type that is offered for the main claim. Whether it carries the claim is asked in
support.""",
    "support": """Suppose that the evidence is true (of a quotation: that it was said). Then ask whether it carries the claim. Now stop
supposing. The gap is what a doubter would ask for first.""",
    "move": """Only what the author does counts: inside another person's full quotation the label is `none`, while a quoted piece in the
author's own sentence is his choice. No label without trigger words that can be copied from the sentence. Where two labels are possible,
the trigger words decide, and not the order. A translated word counts as a push only if the sentence pushes without it.""",
    "call": """With 1 or more, fill three slots from the text: **who** is asked (if the subject only receives something, name in brackets
who must give it), **what**, and **when** (*not stated* where no time is given).""",
    "verdict": """Asked only of sentences that are `checkable` or predictions. Every answer names the source that it rests on. Look at each
source with the same eyes: is it a party to the quarrel, the press, or a record?""",
}


def guide_page() -> str:
    """The whole guide as Markdown, each layer with its question, its labels in order, and its rules."""
    return "\n".join([_HEAD, *(_layer(read_scheme(layer)) for layer in layer_names())])


def _layer(scheme: Scheme) -> str:
    lines = [f"## {scheme.layer}: {scheme.question}", "", "| label | tag | holds when | example |", "|---|---|---|---|"]
    lines += [f"| `{label.name}` | {label.tag} | {label.test} | {label.example} |" for label in scheme.labels]
    lines += ["", NOTES[scheme.layer], ""]
    if scheme.options:
        lines += [f"| {scheme.detail} | |", "|---|---|", *(f"| `{option}` | {meaning} |" for option, meaning in scheme.options), ""]
    if scheme.detail == "source":
        lines += ["| kind of source | |", "|---|---|", *(f"| {kind} | {meaning} |" for kind, meaning in KINDS.items()), ""]
    return "\n".join(lines)
