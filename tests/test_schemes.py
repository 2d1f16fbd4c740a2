"""Schemes: labels that can be told apart without colour, be read on their colour, and give no answer away."""

import re

import pytest

from readtwice.marked_text import GREY, INK
from readtwice.schemes import SCHEMES, Label, SchemeNotFound, layer_names, read_scheme
from readtwice.texts import read_text, text_names

AA = 4.5  # WCAG 2.2, contrast of text
LABELS = [pytest.param(label, id=f"{layer}-{label.name}") for layer in layer_names() for label in read_scheme(layer).labels]
layers = pytest.mark.parametrize("layer", layer_names())
labels = pytest.mark.parametrize("label", LABELS)


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def squeezed(said: str) -> str:
    return " ".join(re.findall(r"\w+", said.casefold()))


def test_the_contrast_formula_gives_the_known_ends() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)


@labels
def test_text_can_be_read_on_the_colour_of_each_label(label: Label) -> None:
    assert re.fullmatch(r"#[0-9a-f]{6}", label.colour)
    assert contrast(INK, label.colour) >= AA


def test_small_print_can_be_read_on_white() -> None:
    assert contrast(GREY, "#ffffff") >= AA


@layers
def test_tags_are_two_capital_letters_and_unique(layer: str) -> None:
    tags = [label.tag for label in read_scheme(layer).labels]
    assert all(re.fullmatch(r"[A-Z]{2}", tag) for tag in tags)
    assert len(set(tags)) == len(tags)


@layers
def test_labels_and_colours_are_unique(layer: str) -> None:
    scheme = read_scheme(layer)
    assert len(set(scheme.names)) == len(scheme.names) >= 2
    assert len({label.colour for label in scheme.labels}) == len(scheme.labels)


@layers
def test_label_names_are_single_lower_case_words_as_the_reader_of_answers_needs(layer: str) -> None:
    assert all(re.fullmatch(r"[\w-]+", name) and name == name.casefold() for name in read_scheme(layer).names)


@labels
def test_every_label_has_its_test_and_an_example(label: Label) -> None:
    assert label.test.strip().endswith(".")
    assert len(label.example.split()) >= 3


@layers
def test_a_label_asks_a_detail_only_where_the_layer_has_one(layer: str) -> None:
    scheme = read_scheme(layer)
    assert scheme.question.endswith("?")
    assert bool(scheme.detail) == any(label.asks_detail for label in scheme.labels)


@labels
def test_no_example_and_no_part_of_one_stands_in_a_graded_text(label: Label) -> None:
    sentences = re.split(r"(?<=[.?!])\s+", label.example)
    quoted = re.findall(r'"([^"]+)"', label.example)
    for name in (name for name in text_names() if not read_text(name).for_practice):
        text = squeezed(" ".join(s.text for s in read_text(name).sentences))
        for part in (label.example, *sentences, *quoted):
            assert f" {squeezed(part)} " not in f" {text} "


@labels
def test_no_sentence_of_a_graded_text_stands_in_a_test_or_an_example(label: Label) -> None:
    said = squeezed(f"{label.test} {label.example}")
    for name in (name for name in text_names() if not read_text(name).for_practice):
        assert [s.item for s in read_text(name).sentences if squeezed(s.text) in said] == []


def test_voice_tries_its_tests_in_the_order_of_the_guide() -> None:
    assert read_scheme("voice").names == ("distance", "quote", "mixed", "report", "author")


def test_voice_asks_for_the_speaker_exactly_where_somebody_else_is_heard() -> None:
    voice = read_scheme("voice")
    assert voice.detail == "speaker"
    assert [label.name for label in voice.labels if label.asks_detail] == ["quote", "mixed", "report"]


def test_every_layer_has_its_table_and_every_table_its_layer() -> None:
    tables = {path.stem for path in SCHEMES.glob("*.csv")} - {"layers", "details", "confusions", "agreement", "talk"}
    assert tables == set(layer_names())


@pytest.mark.parametrize("name", ["voices", "Voice", "", "layers", "../texts/harbour/keys/voice", "/etc/passwd"])
def test_an_unknown_layer_is_answered_with_the_layers_that_there_are(name: str) -> None:
    with pytest.raises(SchemeNotFound) as caught:
        read_scheme(name)
    assert all(layer in str(caught.value) for layer in layer_names())


def test_a_label_is_found_by_its_name_alone() -> None:
    voice = read_scheme("voice")
    assert [voice[name].name for name in voice.names] == list(voice.names)
    with pytest.raises(KeyError):
        voice["shout"]
