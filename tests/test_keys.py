"""Keys: an error of ours stops the build, and every reason quotes the sentence that it is about."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT

from readtwice.keys import COLUMNS, Key, KeyProblem, KeyRow, check_asked, key_path, read_key
from readtwice.schemes import Scheme, read_scheme
from readtwice.texts import TEXTS, Sentence, Text, read_text, text_names
from readtwice.units import Unit

TINY = Text(
    "tiny",
    "A title",
    (Sentence("T", 0, "A title"), Sentence("1.1", 1, 'Ruiz said: "No."'), Sentence("1.2", 1, "It rains.")),
    {"kind": "real", "notice": "n"},
    {"Ruiz": ("Mayor Ruiz",), "The Herald": ("Herald",)},
)
ROWS = (
    {"item": "T", "label": "author", "reason": '"A title" has no source.'},
    {
        "item": "1.1",
        "label": "quote",
        "detail": "Ruiz",
        "accept": "mixed; report",
        "near": "author",
        "contested": "yes",
        "reason": "Because of the marks.",
    },
    {"item": "1.2", "label": "author", "near": "report", "reason": "Nobody says it."},
)
KEYS = [
    pytest.param(read_text(name), layer, id=f"{name}-{layer}")
    for name in text_names()
    for layer in ("voice",)
    if key_path(read_text(name), layer, ROOT / "solutions").is_file()
]


def write(path: Path, rows: tuple[dict[str, str], ...] = ROWS, columns: tuple[str, ...] = COLUMNS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)
    return path


def changed(item: str, /, **cells: str) -> tuple[dict[str, str], ...]:
    return tuple({**row, **cells} if row["item"] == item else row for row in ROWS)


@pytest.mark.parametrize(
    ("layer", "detail", "also", "why"),
    [
        ("call", "Ruiz | mend it | now", "who: the Mayor", ""),
        ("call", "Ruiz | mend it", "", "is not who | what | when"),
        ("call", "Ruiz | mend it | ", "", "is not who | what | when"),
        ("call", "Ruiz | mend it | now", "the Mayor", "is not who | what | when"),
        ("call", "Ruiz | mend it | now", "where: here", "is not who | what | when"),
        ("move", "It rains", "rains", ""),
        ("move", "It pours", "", "do not stand in the sentence"),
        ("move", "It rains", "pours", "do not stand in the sentence"),
    ],
)
def test_the_detail_of_a_key_is_held_to_the_rule_of_its_layer(layer: str, detail: str, also: str, why: str, tmp_path: Path) -> None:
    scheme = read_scheme(layer)
    nothing, something = ("0", "2") if layer == "call" else ("none", "wording")
    rows = [{"item": item, "label": nothing, "reason": "Nothing."} for item in ("T", "1.1")]
    path = write(
        tmp_path / "key.csv", (*rows, {"item": "1.2", "label": something, "detail": detail, "detail_accept": also, "reason": "So."})
    )
    if not why:
        assert read_key(path, scheme, TINY).rows["1.2"].detail == detail
        return
    with pytest.raises(KeyProblem, match=rf"1\.2.*{re.escape(why)}"):
        read_key(path, scheme, TINY)


def test_a_sound_key_is_read_with_all_that_a_marker_needs(tmp_path: Path, voice: Scheme) -> None:
    key = read_key(write(tmp_path / "voice.csv"), voice, TINY)
    assert list(key.rows) == ["T", "1.1", "1.2"]
    assert key.layer == "voice"
    words = TINY["1.1"].text
    assert key.rows["1.1"] == KeyRow("1.1", "quote", "Ruiz", ("mixed", "report"), ("author",), True, (), "Because of the marks.", words)
    assert not key.rows["T"].contested


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (changed("1.2", item="1.9"), "no such sentence"),
        (changed("1.2", item="t"), "no such sentence"),
        (changed("1.2", label="shout"), "shout"),
        (changed("1.2", label="Author"), "Author"),
        (changed("1.2", label=""), "no label"),
        (changed("1.2", accept="distance; whisper"), "whisper"),
        (changed("1.2", near="whisper"), "whisper"),
        (changed("1.2", accept="author"), "twice"),
        (changed("1.2", accept="report"), "twice"),
        (changed("1.2", near="report;report"), "twice"),
        (changed("1.1", detail=""), "needs speaker"),
        (changed("1.2", detail="Ruiz"), "takes no speaker"),
        (changed("1.1", detail="Nobody"), "Nobody"),
        (changed("1.1", detail="Herald"), "Herald"),
        (changed("1.2", reason=""), "reason"),
        (changed("1.2", reason="  "), "reason"),
    ],
)
def test_a_faulty_row_stops_the_build_and_is_named(rows: tuple[dict[str, str], ...], why: str, tmp_path: Path, voice: Scheme) -> None:
    path = write(tmp_path / "voice.csv", rows)
    with pytest.raises(KeyProblem) as caught:
        read_key(path, voice, TINY)
    faulty = next(row["item"] for row, sound in zip(rows, ROWS, strict=True) if row != sound)
    assert why in str(caught.value)
    assert f"voice.csv, {faulty}:" in str(caught.value)


@pytest.mark.parametrize("rows", [ROWS[:2], ROWS[1:], (*ROWS, ROWS[2]), (ROWS[0], ROWS[2], ROWS[1]), ()])
def test_missing_doubled_or_disordered_rows_stop_the_build(rows: tuple[dict[str, str], ...], tmp_path: Path, voice: Scheme) -> None:
    with pytest.raises(KeyProblem, match="one row for each sentence of tiny"):
        read_key(write(tmp_path / "voice.csv", rows), voice, TINY)


@pytest.mark.parametrize("columns", [COLUMNS[:-1], (*COLUMNS, "note"), tuple(reversed(COLUMNS)), ("Item", *COLUMNS[1:]), ("item",)])
def test_other_columns_stop_the_build(columns: tuple[str, ...], tmp_path: Path, voice: Scheme) -> None:
    with pytest.raises(KeyProblem, match="columns must be item, label"):
        read_key(write(tmp_path / "voice.csv", columns=columns), voice, TINY)


def test_an_empty_file_stops_the_build(tmp_path: Path, voice: Scheme) -> None:
    (tmp_path / "voice.csv").touch()
    with pytest.raises(KeyProblem, match="columns"):
        read_key(tmp_path / "voice.csv", voice, TINY)


def test_a_row_with_too_few_cells_stops_the_build_as_a_key_problem(tmp_path: Path, voice: Scheme) -> None:
    path = write(tmp_path / "voice.csv", ROWS[:2])
    path.write_text(path.read_text(encoding="utf-8") + "1.2,author\n", encoding="utf-8")
    with pytest.raises(KeyProblem):
        read_key(path, voice, TINY)


def test_a_row_with_too_many_cells_stops_the_build(tmp_path: Path, voice: Scheme) -> None:
    """An unquoted comma in a reason would cut it short, and no student would see the rest."""
    path = write(tmp_path / "voice.csv", ROWS[:2])
    path.write_text(path.read_text(encoding="utf-8") + "1.2,author,,,,,,Nobody says it, so it is the author's\n", encoding="utf-8")
    with pytest.raises(KeyProblem):
        read_key(path, voice, TINY)


def test_a_key_that_is_no_utf8_stops_the_build_as_a_key_problem(tmp_path: Path, voice: Scheme) -> None:
    path = write(tmp_path / "voice.csv", changed("1.2", reason="Says café."))
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    with pytest.raises(KeyProblem):
        read_key(path, voice, TINY)


def test_a_path_that_cannot_be_read_stops_the_build_and_is_named(tmp_path: Path, voice: Scheme) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(KeyProblem, match=re.escape(str(path))):
            read_key(path, voice, TINY)


def test_the_key_of_a_practice_text_lies_beside_it_and_that_of_a_graded_one_in_solutions(article: Text, tmp_path: Path) -> None:
    harbour = read_text("harbour")
    for solutions in (None, tmp_path):
        assert key_path(harbour, "voice", solutions).is_relative_to(TEXTS / "harbour")
    assert key_path(article, "voice", tmp_path).is_relative_to(tmp_path)
    with pytest.raises(KeyProblem, match="solutions"):
        key_path(article, "voice")


def test_no_key_of_a_graded_text_lies_in_the_package() -> None:
    for name in text_names():
        if not read_text(name).for_practice:
            assert not list((TEXTS / name).rglob("keys*"))


@pytest.mark.parametrize(("text", "layer"), KEYS)
def test_what_a_reason_puts_in_quotation_marks_stands_in_its_sentence(text: Text, layer: str) -> None:
    key = read_key(key_path(text, layer, ROOT / "solutions"), read_scheme(layer), text)
    wrong = [(row.item, bit) for row in key.rows.values() for bit in re.findall(r'"([^"]*)"', row.reason) if bit not in text[row.item].text]
    assert wrong == []


@pytest.mark.parametrize(("text", "layer"), KEYS)
def test_every_reason_quotes_words(text: Text, layer: str) -> None:
    rows = read_key(key_path(text, layer, ROOT / "solutions"), read_scheme(layer), text).rows.values()
    assert [row.item for row in rows if not re.search(r'"[^"]+"', row.reason) or row.reason.count('"') % 2] == []


def test_both_voice_keys_are_there_to_be_checked() -> None:
    assert {param.values[0].name for param in KEYS} >= {"harbour", "russia-must-act"}


def test_every_label_of_the_scheme_is_a_right_answer_to_an_asked_item(unit: Unit, article: Text, voice: Scheme, voice_key: Key) -> None:
    with (ROOT / "solutions" / "keys" / article.name / "asked.csv").open(encoding="utf-8", newline="") as file:
        asked = [row["item"] for row in csv.DictReader(file) if row["layer"] == "voice"]
    assert set(asked) <= set(article.items)
    assert len(asked) == len(set(asked))
    assert asked == [item for item in article.items if item in asked]
    assert {voice_key.rows[item].label for item in asked} == set(voice.names)
    check_asked(voice_key.only(asked))


def test_a_key_of_some_items_holds_these_alone_and_an_unknown_one_is_refused(voice_key: Key) -> None:
    some = voice_key.only(["2.1", "T"])
    assert list(some.rows) == ["2.1", "T"]
    with pytest.raises(KeyProblem, match=r"2\.9"):
        voice_key.only(["2.1", "2.9"])


@pytest.mark.parametrize(
    ("of_one", "others", "sound"), [(9, 1, True), (18, 2, True), (10, 1, False), (19, 1, False), (20, 0, False), (1, 0, False)]
)
def test_one_label_may_answer_nine_in_ten_asked_items_and_no_more(of_one: int, others: int, sound: bool) -> None:
    labels = ["author"] * of_one + ["quote"] * others
    key = Key("voice", {f"1.{i}": KeyRow(f"1.{i}", label) for i, label in enumerate(labels)})
    if sound:
        check_asked(key)
    else:
        with pytest.raises(KeyProblem, match=f"author answers {of_one} of {of_one + others}"):
            check_asked(key)


@pytest.mark.parametrize("tens", range(1, 21))
def test_exactly_nine_in_ten_is_allowed_at_any_size(tens: int) -> None:
    labels = ["author"] * 9 * tens + ["quote"] * tens
    check_asked(Key("voice", {str(i): KeyRow(str(i), label) for i, label in enumerate(labels)}))


def test_credit_in_halves_is_two_for_right_and_accepted_one_for_near_and_else_none(voice: Scheme) -> None:
    row = KeyRow("1.1", "quote", "Ruiz", accept=("mixed",), near=("report",))
    assert [row.halves(name) for name in ("quote", "mixed", "report", "author", "")] == [2, 2, 1, 0, 0]


def test_a_key_read_as_answers_agrees_with_every_row(voice_key: Key) -> None:
    answers = voice_key.answers()
    assert {item: (a.label, a.detail) for item, a in answers.rows.items()} == {
        row.item: (row.label, row.detail) for row in voice_key.rows.values()
    }
    assert Counter(a.given for a in answers.rows.values()) == {False: len(voice_key.rows)}
