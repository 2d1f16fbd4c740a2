"""Simulated readers with one planted misunderstanding each, in every layer, and what they are asked."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from readtwice.answers import Answer, Answers
from readtwice.detection import NOTHING
from readtwice.keys import Key, key_path, read_key
from readtwice.schemes import Scheme, read_scheme
from readtwice.texts import read_text

SOLUTIONS = Path(__file__).resolve().parents[1] / "solutions"
ARTICLE, REPORT = "russia-must-act", "harbour-report"
OFTEN = 0.85  # how often a misreading takes the one label for the other
SLIPS = 0.05  # how often it slips elsewhere
CARELESS = 0.08  # how often a careful reader slips


@dataclass(frozen=True)
class Misreading:
    """Where the key says `key` this reader says `said`; `band` is where the mean score must lie."""

    layer: str
    name: str
    key: str
    said: str
    band: tuple[float, float]

    def __str__(self) -> str:
        return f"{self.layer}: {self.name}"


MISREADINGS = (
    Misreading("voice", "takes a quotation for the author's claim", "quote", "author", (0.45, 0.60)),
    Misreading("voice", "hears distance in every quotation mark", "quote", "distance", (0.50, 0.65)),
    Misreading("voice", "takes a wish or a deed for words passed on", "author", "report", (0.50, 0.65)),
    Misreading("statement", "takes interpretation for checkable", "interpretation", "checkable", (0.73, 0.86)),
    Misreading("statement", "hears a forecast wherever one thing leads to another", "interpretation", "prediction", (0.65, 0.80)),
    Misreading("statement", "is drawn from the record to a strong word in it", "checkable", "value", (0.65, 0.80)),
    Misreading("statement", "hears an explanation where something is asked", "policy", "interpretation", (0.76, 0.88)),
    Misreading("gloss", "calls everything critical motive", "faithful", "motive", (0.25, 0.42)),
    Misreading("gloss", "hears the likely aim in the quotation itself", "motive", "faithful", (0.35, 0.52)),
    Misreading("gloss", "misses something in every gloss", "faithful", "narrowed", (0.35, 0.53)),
    Misreading("evidence", "takes quotation for authority", "quotation", "authority", (0.53, 0.70)),
    Misreading("evidence", "looks for backing in this sentence alone", "quotation", "none", (0.50, 0.67)),
    Misreading("evidence", "sees what happened and not the claim it is told for", "example", "event", (0.65, 0.82)),
    Misreading("support", "takes the missing step along with the author", "leans", "supports", (0.33, 0.52)),
    Misreading("support", "never has enough", "supports", "leans", (0.43, 0.63)),
    Misreading("support", "throws out what comes from a party", "supports", "beside", (0.26, 0.46)),
    Misreading("move", "flags everything vivid", "none", "wording", (0.20, 0.36)),
    Misreading("move", "hears an attack in any criticism", "none", "attack", (0.25, 0.42)),
    Misreading("move", "misses coloured words", "wording", "none", (0.66, 0.81)),
    Misreading("move", "finds a charge fair and lets it pass", "attack", "none", (0.55, 0.71)),
    Misreading("call", "hears a call in every rating and report of wants", "0", "1", (0.27, 0.43)),
    Misreading("call", "takes implied for stated", "1", "2", (0.68, 0.83)),
    Misreading("call", "takes a duty for a word of now", "2", "3", (0.62, 0.79)),
    Misreading("call", "misses what is only implied", "1", "0", (0.62, 0.79)),
    Misreading("verdict", "stops reading where the words match", "context", "accurate", (0.62, 0.78)),
    Misreading("verdict", "takes silence for a no", "open", "inaccurate", (0.70, 0.85)),
    Misreading("verdict", "treats a forecast that came true like any fact", "later", "accurate", (0.66, 0.82)),
    Misreading("verdict", "always finds more to say", "accurate", "context", (0.53, 0.69)),
)


@cache
def asked(layer: str, name: str = ARTICLE) -> Key:
    """The key of the items of a text that are asked."""
    with (SOLUTIONS / "keys" / name / "asked.csv").open(encoding="utf-8", newline="") as table:
        return _whole(layer, name).only([row["item"] for row in csv.DictReader(table) if row["layer"] == layer])


@cache
def read_by_all(layer: str) -> Key:
    """What the simulated readers label: the asked items of the article, for moves and calls the fair report's too.

    The five asked verdicts have five labels, where nothing can be done twice; of verdicts they label all.
    """
    if layer == "verdict":
        return _whole(layer, ARTICLE)
    report = asked(layer, REPORT).rows if layer in NOTHING else {}
    return Key(layer, {**asked(layer).rows, **{f"{REPORT} {i}": replace(row, item=f"{REPORT} {i}") for i, row in report.items()}})


def _whole(layer: str, name: str) -> Key:
    text, scheme = read_text(name), read_scheme(layer)
    return read_key(key_path(text, layer, SOLUTIONS), scheme, text)


def misread(way: Misreading, key: Key, rng: random.Random, often: float = OFTEN, slips: float = SLIPS) -> dict[str, str]:
    """Labels of a reader with a misreading."""
    labels = slip(key, rng, slips)
    for item, row in key.rows.items():
        if row.label == way.key:
            labels[item] = way.said if rng.random() < often else way.key
    return labels


def slip(key: Key, rng: random.Random, rate: float = CARELESS) -> dict[str, str]:
    """Labels of a reader who agrees with the key except for slips."""
    names = read_scheme(key.layer).names
    wrong = {item: rng.choice([name for name in names if name != row.label]) for item, row in key.rows.items()}
    return {item: wrong[item] if rng.random() < rate else row.label for item, row in key.rows.items()}


def flag_all(key: Key, rng: random.Random) -> dict[str, str]:
    """Labels of a reader who finds what is there, and flags whatever else could be something."""
    flags = [name for name in read_scheme(key.layer).names if name != NOTHING[key.layer]]
    labels = slip(key, rng, SLIPS)
    return {item: rng.choice(flags) if row.label == NOTHING[key.layer] else labels[item] for item, row in key.rows.items()}


def guess(key: Key, rng: random.Random) -> dict[str, str]:
    """Labels of a reader who throws dice."""
    names = read_scheme(key.layer).names
    return {item: rng.choice(names) for item in key.rows}


def answers_of(key: Key, labels: dict[str, str]) -> Answers:
    """Labels as answers, with a right detail everywhere."""
    return Answers(key.layer, {item: Answer(item, label, key.rows[item].detail or key.rows[item].words) for item, label in labels.items()})


def scheme_of(key: Key) -> Scheme:
    return read_scheme(key.layer)
