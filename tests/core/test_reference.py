"""References that people say, hear and copy."""

import pytest

from core.reference import ALPHABET, new_reference, read_reference


@pytest.fixture
def reference():
    return new_reference("BR")


def test_new_reference_reads_as_itself(reference):
    assert read_reference(reference) == reference


def test_new_reference_has_the_shape_that_is_printed(reference):
    prefix, first, last = reference.split("-")
    assert (prefix, len(first), len(last)) == ("BR", 4, 2)
    assert set(first + last) <= set(ALPHABET)


@pytest.mark.parametrize("typed", [str.lower, lambda r: r.replace("-", ""), lambda r: f" {r} "])
def test_case_dashes_and_spaces_make_no_difference(reference, typed):
    assert read_reference(typed(reference)) == reference


def test_spoken_in_groups_it_is_the_same(reference):
    assert read_reference(reference.replace("-", "  ")) == reference


def test_misread_letters_are_read_as_digits():
    reference = next(r for r in iter(lambda: new_reference("BK"), "") if {"0", "1"} <= set(r))

    typed = reference[:3] + reference[3:].replace("0", "O").replace("1", "l")

    assert read_reference(typed) == reference


def test_one_wrong_character_is_noticed(reference):
    for place in (3, 4, 5, 6, 8, 9):
        for letter in ALPHABET:
            wrong = reference[:place] + letter + reference[place + 1 :]
            assert read_reference(wrong) == (reference if wrong == reference else "")


def test_two_swapped_neighbours_are_noticed():
    for _ in range(50):
        reference = new_reference("BR")
        first, second = reference[3], reference[4]
        swapped = f"{reference[:3]}{second}{first}{reference[5:]}"
        # Luhn's one blind spot: the first and the last letter of the alphabet.
        if first != second and {first, second} != {ALPHABET[0], ALPHABET[-1]}:
            assert read_reference(swapped) == ""


@pytest.mark.parametrize(
    "typed", ["", "BR", "BR-", "7K4M-29", "BR-7K4M-291", "12-7K4M-29", "BR-UUUU-UU", "บร-7K4M-29"]
)
def test_what_cannot_be_a_reference_is_nothing(typed):
    assert read_reference(typed) == ""
