"""The text of a Bill Payment QR, against texts that are in use."""

import pytest

from core.promptpay import bill_payment, check_sum

# Of the parser "promptparse" (its tests), and of a shop's terminal.
WITHOUT_AMOUNT = (
    "00020101021130550016A0000006770101120115099999999999990021211122233344453037645802TH63043EE7"
)
OF_A_SHOP = (
    "00020101021230810016A00000067701011201150107536000315010214KB0000022388850320"
    "APIC1779263190951UMO31690016A00000067701011301030040214KB0000022388850420APIC1779263190951UMO"
    "5303764540510.005802TH6304AC1A"
)


def test_text_is_the_known_one():
    made = bill_payment(biller_id="099999999999990", reference="111222333444")

    assert made == WITHOUT_AMOUNT


@pytest.mark.parametrize("known", [WITHOUT_AMOUNT, OF_A_SHOP])
def test_check_sum_is_the_known_one(known):
    assert check_sum(known[:-4]) == known[-4:]


def test_amount_and_reference_stand_in_the_text():
    made = bill_payment(biller_id="099999999999990", reference="BK-7k4m-29", baht=120)

    assert made.startswith("000201010212")
    assert "0208BK7K4M29" in made
    assert "53037645406120.005802TH6304" in made
    assert check_sum(made[:-4]) == made[-4:]
