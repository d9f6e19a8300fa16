"""Every cell of matrix.yaml: role, address, method, and whose object it is."""

import re
from pathlib import Path

import pytest
import time_machine
import yaml
from django.db import transaction
from django.urls import reverse

from tests.authorisation.world import (
    CITY_ROLES,
    NEVER,
    OFFICE_ROLES,
    ROLES,
    STAFF,
    body_of,
    kwargs_of,
    make_world,
    place,
)
from tests.factories import NOW

MATRIX = yaml.safe_load(Path(__file__).with_name("matrix.yaml").read_text(encoding="utf-8"))
METHODS = ("GET", "POST")
DONE = {"GET": {200, 303}, "POST": {200, 302, 303, 409, 422}}
# To the back-office a citizen with a link is anybody.
SIGNING_IN = "A" + STAFF
NOT_THERE, FORBIDDEN, NO_SUCH_METHOD = 404, 403, 405

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules(settings):
    settings.STAFF_MFA_REQUIRED = False
    settings.DEMO = False
    # Off, its page would not be there.
    settings.CARD_CHECK_BACKEND = "registry_requests.channels.card_check.FakeCardCheck"
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(db, own_files):
    return make_world()


@pytest.mark.parametrize("name", MATRIX["pages"])
def test_page_of_citizens(world, name):
    row = MATRIX["pages"][name]
    for method in METHODS:
        for role in ROLES:
            if "object" not in row:
                path = reverse(name, kwargs=place(row["at"], world.own) if "at" in row else {})
                answer = _ask(world, role, method, path, body_of(name, world.own))
                expected = DONE[method] if _may(row, method, role) else {404, 405}
                if method == "POST" and "unsigned" in row:
                    expected = {row["unsigned"]}
                assert answer.status_code in expected, (role, method, path)
                continue
            own, *strange = _ask_all(world, role, method, name, row)
            if _may(row, method, role):
                assert own.status_code in DONE[method], (role, method)
            else:
                assert own.status_code in (NOT_THERE, NO_SUCH_METHOD), (role, method)
            assert {answer.status_code for answer in strange} <= {NOT_THERE, NO_SUCH_METHOD}
            _assert_alike(strange, (role, method))


@pytest.mark.parametrize("name", MATRIX["staff_pages"])
def test_page_of_staff(world, name):
    row = MATRIX["staff_pages"][name]
    for method in METHODS:
        for role in ROLES:
            answer = _ask(world, role, method, reverse(name), {})
            where = (role, method, answer.status_code)
            if method not in row:
                assert answer.status_code in (302, NO_SUCH_METHOD), where
            elif row.get("open"):
                assert answer.status_code in (200, 302), where
            elif role not in STAFF:
                # The pages of the second factor lead to its first one, and that to the sign-in.
                first = (reverse("admin:login"), reverse("admin:second_factor"))
                assert answer.status_code == 302, where
                assert answer["Location"].startswith(first), where
            elif _may(row, method, role):
                assert answer.status_code in (200, 302, 422), where
                assert not _asks_to_sign_in(answer), where
            else:
                assert answer.status_code in (FORBIDDEN, NOT_THERE), where


@pytest.mark.parametrize("name", MATRIX["case_pages"])
def test_page_of_a_case(world, name):
    row = MATRIX["case_pages"][name]
    for method in METHODS:
        if method == "GET" and "leads_to" in row:
            _walk_to(row["leads_to"], lambda role: _ask_all(world, role, "GET", name, row))
        elif "object" in row:
            _walk_object(world, method, row, lambda *on: _ask_all(world, *on, name, row))
        else:
            _walk(world, method, row, lambda *on: _ask(world, *on, reverse(name), {}))


@pytest.mark.parametrize("action", MATRIX["ticked"])
def test_action_on_ticked_cases(world, action):
    path = reverse("admin:bookings_booking_decide")
    row = {"POST": MATRIX["ticked"][action]}

    def press(role, method, side):
        chosen = f"{side.booking.pk}:{side.booking.version}" if side else f"{NEVER}:1"
        return _ask(world, role, method, path, {"action": action, "chosen": chosen})

    _walk(world, "POST", row, lambda role, method: press(role, method, world.own))
    for role in OFFICE_ROLES:
        answers = [press(role, "POST", side) for side in (world.other, None)]
        _assert_alike(answers, (role, action))


@pytest.mark.parametrize("label", MATRIX["tables"])
def test_table(world, label):
    """List, add, page, history and deletion of one table of the back-office."""
    rights, model = MATRIX["tables"][label], label.partition(".")[2]
    address = f"admin:{label.replace('.', '_')}"
    view, add, change, delete = (rights[verb] for verb in ("view", "add", "change", "delete"))

    for page, row in {
        "changelist": {"GET": view, "POST": view},
        "add": {"GET": add, "POST": add},
    }.items():
        for method in METHODS:
            _walk(world, method, row, lambda *on, p=page: _ask_page(world, *on, f"{address}_{p}"))
    for page, row in {
        "change": {"GET": view, "POST": change},
        "delete": {"GET": delete, "POST": delete},
        "history": {"GET": rights.get("history", view)},
    }.items():
        for method in row:
            _walk_object(
                world,
                method,
                row | {"of_the_city": rights.get("of_the_city", False)},
                lambda role, method, p=page: [
                    _ask_page(world, role, method, f"{address}_{p}", pk)
                    for pk in _keys(world, model)
                ],
            )


@pytest.mark.parametrize(
    ("label", "action"),
    [
        (label, action)
        for label, row in MATRIX["tables"].items()
        for action in row.get("actions", {})
    ],
)
def test_action_of_a_table(world, label, action):
    allowed = MATRIX["tables"][label]["actions"][action]
    path = reverse(f"admin:{label.replace('.', '_')}_changelist")
    model = label.partition(".")[2]
    for role in STAFF:
        own, *strange = (
            _ask(world, role, "POST", path, {"action": action, "_selected_action": pk})
            for pk in _keys(world, model)
        )
        said = [m.level_tag for m in own.wsgi_request._messages] if own.status_code == 302 else []
        assert ("success" in said) == (role in allowed), (role, said)
        if role in OFFICE_ROLES:
            _assert_alike(strange, (role, action))


# --- asking ---------------------------------------------------------------------------------


def _ask(world, role, method, path, data):
    """One request, undone again."""
    with transaction.atomic():
        client = world.clients[role]
        cookies = client.cookies.copy()
        answer = client.generic(method, path) if method == "GET" else client.post(path, data)
        client.cookies = cookies
        if answer.streaming:
            answer.getvalue()
        transaction.set_rollback(True)
    assert answer.status_code < 500, (role, method, path)
    if role in OFFICE_ROLES:
        _assert_nothing_of_the_other_office(world, answer, (role, method, path))
    return answer


def _ask_all(world, role, method, name, row):
    """The answers about the own object, one of the other office, and one that never was."""
    return [
        _ask(
            world,
            role,
            method,
            reverse(name, kwargs=kwargs_of(row["object"], side)),
            body_of(name, side or world.own),
        )
        for side in (world.own, world.other, None)
    ]


def _ask_page(world, role, method, name, *args):
    return _ask(world, role, method, reverse(name, args=args), {})


def _keys(world, model):
    return [getattr(world.own, model).pk, getattr(world.other, model).pk, NEVER]


# --- expecting ------------------------------------------------------------------------------


def _may(row, method, role):
    allowed = row.get(method, "nobody")
    return allowed == "all" or (allowed != "nobody" and role in allowed)


def _walk(world, method, row, ask):
    for role in SIGNING_IN:
        _assert_cell(row, method, role, ask(role, method))


def _walk_to(name, ask):
    """Everybody signed in is led to one page, whatever the object and whether it is there."""
    for role in SIGNING_IN:
        for answer in ask(role):
            is_led = answer.status_code == 302 and answer["Location"] == reverse(name)
            assert is_led if role in STAFF else _asks_to_sign_in(answer), (role, answer)


def _walk_object(world, method, row, ask):
    for role in SIGNING_IN:
        own, other, never = ask(role, method)
        _assert_cell(row, method, role, own)
        if role in CITY_ROLES or row.get("of_the_city"):
            _assert_cell(row, method, role, other)
        elif role in OFFICE_ROLES:
            strange = {other.status_code, never.status_code}
            assert strange <= {NOT_THERE, FORBIDDEN, NO_SUCH_METHOD}, (role, method, strange)
            assert not _may(row, method, role) or strange == {NOT_THERE}, (role, method, strange)
            _assert_alike([other, never], (role, method))
        assert never.status_code in {302, NOT_THERE, FORBIDDEN, NO_SUCH_METHOD}


def _assert_cell(row, method, role, answer):
    where = (role, method, answer.status_code, answer.wsgi_request.path)
    if role not in STAFF:
        assert _asks_to_sign_in(answer), where
    elif _may(row, method, role):
        assert answer.status_code in {200, 302, 303, 409, 422}, where
        assert not _asks_to_sign_in(answer), where
    elif method not in row:
        assert answer.status_code == NO_SUCH_METHOD, where
    else:
        assert answer.status_code == FORBIDDEN, where


def _asks_to_sign_in(answer):
    return answer.status_code == 302 and answer["Location"].startswith(reverse("admin:login"))


def _assert_alike(answers, where):
    """Equal byte by byte, but for the tokens of the forms and the address that was asked."""
    assert len({answer.status_code for answer in answers}) == 1, where
    assert len({_plain(answer) for answer in answers}) == 1, where


def _plain(answer):
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
    return text.replace(answer.wsgi_request.path, "")


def _assert_nothing_of_the_other_office(world, answer, where):
    if answer.streaming or answer.wsgi_request.path.startswith(("/offices/", "/en/")):
        return
    # Packed; the tests of the papers read them.
    if answer.get("Content-Type") == "application/pdf":
        return
    text = answer.content.decode()
    party = world.other.booking.parties.first().full_name
    for word in (world.other.booking.reference, party, world.other.user.username):
        assert f"{word}<" not in text, (where, word)
