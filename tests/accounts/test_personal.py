"""Sealing of personal numbers and the index that finds them."""

import pytest
from cryptography.exceptions import InvalidTag

from accounts import personal

NUMBER = "1000000000014"
CONTEXT = "5f1d:1"


@pytest.fixture
def keys(settings):
    """Call with the keys in force from now on."""

    def use(*secrets):
        settings.FIELD_KEYS = list(secrets)
        personal._ciphers.cache_clear()
        personal._index_key.cache_clear()

    yield use
    personal._ciphers.cache_clear()
    personal._index_key.cache_clear()


def test_sealed_can_be_opened_again():
    assert personal.unseal(personal.seal(NUMBER, context=CONTEXT), context=CONTEXT) == NUMBER


def test_sealed_opens_as_the_database_gives_it():
    sealed = memoryview(personal.seal("นัดเขต", context=CONTEXT))

    assert personal.unseal(sealed, context=CONTEXT) == "นัดเขต"


def test_sealing_twice_shows_nothing_in_common():
    first, second = (personal.seal(NUMBER, context=CONTEXT) for _ in range(2))

    assert first[4:] != second[4:]
    assert NUMBER.encode() not in first


def test_every_changed_byte_is_noticed():
    sealed = personal.seal(NUMBER, context=CONTEXT)

    for place in range(4, len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(InvalidTag):
            personal.unseal(bytes(changed), context=CONTEXT)


@pytest.mark.parametrize("context", ["5f1d:2", "5f1e:1", ""])
def test_a_value_moved_to_another_row_cannot_be_opened(context):
    with pytest.raises(InvalidTag):
        personal.unseal(personal.seal(NUMBER, context=CONTEXT), context=context)


def test_a_new_key_seals_and_the_old_one_still_opens(keys):
    keys("old")
    before = personal.seal(NUMBER, context=CONTEXT)
    keys("new", "old")
    after = personal.seal(NUMBER, context=CONTEXT)

    assert before[:4] != after[:4]
    assert personal.unseal(before, context=CONTEXT) == NUMBER
    keys("new")
    assert personal.unseal(after, context=CONTEXT) == NUMBER


def test_without_its_key_nothing_opens(keys):
    keys("old")
    sealed = personal.seal(NUMBER, context=CONTEXT)
    keys("new")

    with pytest.raises(KeyError):
        personal.unseal(sealed, context=CONTEXT)


def test_a_value_under_another_key_with_the_same_name_cannot_be_opened(keys):
    keys("new", "old")
    sealed = personal.seal(NUMBER, context=CONTEXT)
    keys("old")
    other = personal.seal(NUMBER, context=CONTEXT)

    with pytest.raises(InvalidTag):
        personal.unseal(other[:4] + sealed[4:], context=CONTEXT)


def test_the_index_is_equal_for_equal_numbers_only():
    index = personal.blind_index("national_id", NUMBER)

    assert len(index) == 32
    assert index == personal.blind_index("national_id", NUMBER)
    assert index != personal.blind_index("national_id", NUMBER[:-1] + "5")
    assert index != personal.blind_index("passportJP", NUMBER)


def test_the_index_survives_a_new_key(keys):
    keys("old")
    index = personal.blind_index("national_id", NUMBER)
    keys("new", "old")

    assert personal.blind_index("national_id", NUMBER) == index


def test_the_index_depends_on_the_key(keys):
    keys("old")
    index = personal.blind_index("national_id", NUMBER)
    keys("other")

    assert personal.blind_index("national_id", NUMBER) != index
