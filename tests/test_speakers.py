"""Speakers: any unmistakable form of a name counts, two names leave it open, and one slip is forgiven."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readtwice.speakers import AUTHOR, speaker_of, words_of
from readtwice.texts import read_text, text_names

ARTICLE = read_text("russia-must-act").speakers
FORMS = [
    pytest.param(name, speaker, form, id=f"{name}-{form}")
    for name in text_names()
    for speaker, forms in read_text(name).speakers.items()
    for form in (speaker, *forms)
]


@pytest.mark.parametrize(("name", "speaker", "form"), FORMS)
def test_every_form_in_the_table_means_its_speaker_however_it_is_typed(name: str, speaker: str, form: str) -> None:
    speakers = read_text(name).speakers
    for typed in (form, form.upper(), form.lower(), f"  {form}. ", f"({form})", f'"{form}"', f"{form}’s", f"said by {form}", f"{form}:"):
        assert speaker_of(typed, speakers) == speaker


@pytest.mark.parametrize(
    ("typed", "speaker"),
    [
        ("US Secretary of State Antony Blinken", "Blinken"),
        ("secretary blinken, at his press conference", "Blinken"),
        ("the Russian foreign minister Sergey Lavrov", "Lavrov"),
        ("Russian Deputy Foreign Minister Sergey Ryabkov", "Ryabkov"),
        ("the magazine 'The National Interest'", "The National Interest"),
        ("Ministry of Defense of Lithuania", "Lithuanian Ministry of Defence"),
    ],
)
def test_longer_forms_mean_the_same_speaker(typed: str, speaker: str) -> None:
    assert speaker_of(typed, ARTICLE) == speaker


@pytest.mark.parametrize(("typed", "speaker"), [("Blinkin", "Blinken"), ("Lavrow", "Lavrov"), ("riabkov", "Ryabkov")])
def test_one_slip_in_a_long_name_is_forgiven(typed: str, speaker: str) -> None:
    assert speaker_of(typed, ARTICLE) == speaker


@pytest.mark.parametrize("typed", ["Vole", "Read", "Fnch"])
def test_no_slip_is_forgiven_in_a_short_name(typed: str) -> None:
    assert speaker_of(typed, read_text("harbour").speakers) is None


@pytest.mark.parametrize("typed", ["Lavrov and Blinken", "Blinken / Lavrov", "Lavrov, who retells Blinken", "Blinkin or Lavrow"])
def test_the_names_of_two_speakers_leave_it_open(typed: str) -> None:
    assert speaker_of(typed, ARTICLE) is None


@pytest.mark.parametrize("typed", ["", " ", "?", "the author", "Putin", "Biden", "minister", "the", "Blinkenstein’s cat", "the Kremlin"])
def test_a_name_that_is_nobodys_in_the_text_leaves_it_open(typed: str) -> None:
    assert speaker_of(typed, ARTICLE) is None


def test_without_a_table_nobody_is_known() -> None:
    assert speaker_of("Blinken", {}) is None


@pytest.mark.parametrize("name", text_names())
def test_no_speaker_is_called_what_the_course_calls_the_author(name: str) -> None:
    assert speaker_of(AUTHOR, read_text(name).speakers) is None


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_anything_typed_gives_a_speaker_of_the_text_or_none(typed: str) -> None:
    assert speaker_of(typed, ARTICLE) in {None, *ARTICLE}


@settings(deadline=None)
@given(st.sampled_from(sorted(ARTICLE)), st.text(alphabet=" \t\n.,;:!()[]\"'“”-–", max_size=8), st.booleans())
def test_space_case_and_punctuation_round_a_name_do_not_matter(speaker: str, around: str, shout: bool) -> None:
    typed = f"{around} {speaker} {around}"
    assert speaker_of(typed.upper() if shout else typed, ARTICLE) == speaker


def test_words_drop_punctuation_and_the_possessive() -> None:
    assert words_of("Blinken’s “words”, twice!") == ["blinken", "words", "twice"]
    assert words_of("The Board's notice") == ["the", "board", "notice"]
