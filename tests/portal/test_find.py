import pytest
from django.test import Client

from notifications.models import Message


@pytest.fixture
def booking(client, book):
    booking = book(client, phone="08 1234 5600")
    Message.objects.all().delete()
    return booking


def ask(reference, phone="081-234-5600", client=None):
    return (client or Client()).post("/find/", {"reference": reference, "phone": phone})


def test_link_goes_to_the_contact_on_file(booking):
    answer = ask(booking.reference.lower().replace("-", " "))

    message = Message.objects.get()
    assert answer.status_code == 200
    assert (message.kind, message.address) == ("find_link", booking.email)


def test_unknown_gets_the_same_answer(booking):
    bodies = {
        ask(booking.reference).content,
        ask(booking.reference, phone="0891234567").content,
        ask("BR-0000-00").content,
        ask("nonsense").content,
    }

    assert len({strip_token(body) for body in bodies}) == 1
    assert Message.objects.count() == 1


def strip_token(body):
    return body.split(b"csrfmiddlewaretoken")[0] + body.split(b'name="reference"')[-1]


def test_one_message_in_five_minutes(booking):
    ask(booking.reference)
    ask(booking.reference)

    assert Message.objects.count() == 1


def test_couple_without_a_phone_is_found_by_its_email(client, book):
    booking = book(client, phone="", email="mali@example.com")
    Message.objects.all().delete()

    answers = {
        strip_token(Client().post("/find/", {"reference": booking.reference, **given}).content)
        for given in (
            {"email": "Mali@example.com"},
            {"phone": "", "email": "other@example.com"},
            {"phone": "0812345600"},
        )
    }

    assert len(answers) == 1
    assert Message.objects.get().address == "mali@example.com"


@pytest.mark.parametrize("email", ["mali", "a@b", "a@x.com,b@x.com"])
def test_unreadable_email(booking, email):
    answer = Client().post("/find/", {"reference": booking.reference, "email": email})

    assert answer.status_code == 422
    assert b'id="error_email"' in answer.content


@pytest.mark.parametrize("phone", ["", "12", "x"])
def test_unreadable_phone(booking, phone):
    answer = ask(booking.reference, phone=phone)

    assert answer.status_code == 422
    assert b'id="error_phone"' in answer.content


def test_too_many_tries(booking):
    statuses = [ask(booking.reference).status_code for _ in range(7)]

    assert statuses == [200] * 6 + [429]


def test_get_sends_nothing(booking):
    Client().get(f"/find/?reference={booking.reference}&phone=0812345600")

    assert not Message.objects.exists()


def test_typing_errors_of_others_stop_nobody(booking):
    for _ in range(7):
        ask("BR-0000-00")

    assert ask("BR-1111-11").status_code == 200


def test_visitors_behind_a_proxy_are_counted_apart(booking, settings):
    settings.PROXY_COUNT = 1
    for number in range(31):
        Client().post(
            "/find/",
            {"reference": f"BR-0000-{number:02}", "phone": "081-234-5600"},
            headers={"X-Forwarded-For": "203.0.113.7"},
        )

    here = ask(booking.reference, client=Client(headers={"X-Forwarded-For": "203.0.113.8"}))
    there = ask(booking.reference, client=Client(headers={"X-Forwarded-For": "203.0.113.7"}))

    assert (here.status_code, there.status_code) == (200, 429)
