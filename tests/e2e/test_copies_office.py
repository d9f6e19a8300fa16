"""The officer's pages of a certified copy (S0-R07, R08, R11): compare, approve, ready, paid, handed
out; without script too. No serious barrier on any of them."""

import pytest
from django.utils import timezone

from bookings import queries as times
from offices.models import Office
from registry_requests import queries
from registry_requests.models import CopyRequest
from tests.e2e.copy_desk import LIST, CopyDesk, signed_in
from tests.e2e.test_accessibility import serious
from tests.factories import national_id
from tests.registry_requests.conftest import BACK, submit


@pytest.fixture
def asked(city):
    """A request for two copies of the house registration of Bang Rak; and the full number."""
    offered = queries.collection_service(Office.objects.get(slug="bang-rak"))
    now, number = timezone.now(), national_id()
    slot = times.next_free(offered, now=now, count=1)[0]
    return submit(offered, slot, now=now, number=number), number


def _hand_out(page, site, request, number, look):
    """The whole way of an officer; `look` at each page of it."""
    desk = CopyDesk(page, site)
    desk.when_they_open(request.reference)
    look()
    desk.when_they_compare(number, "AA0999999999")
    desk.then_the_code_is_not_equal_and_not_shown()
    look()
    desk.when_they_compare("", BACK)
    desk.then_they_may_approve()
    look()
    desk.when_they_approve()
    desk.when_the_copy_is_ready()
    desk.when_it_is_paid("15/2570", 20)
    desk.when_they_look_at_the_card_again()
    look()
    desk.when_they_hand_it_out()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_from_comparing_to_the_hands_of_the_person(browser, city, officer, asked, script):
    request, number = asked
    desk = signed_in(browser, city, officer, java_script_enabled=script)
    barriers = []

    # axe is a script itself.
    _hand_out(desk, city, request, number, lambda: script and barriers.extend(serious(desk)))

    assert barriers == []
    done = CopyRequest.objects.get()
    assert (done.status, done.fee, done.receipt_no) == ("collected", 20, "15/2570")
    desk.context.close()


def test_list_and_entry_have_no_serious_barrier_on_a_telephone(browser, city, officer, asked):
    desk = signed_in(browser, city, officer)
    desk.set_viewport_size({"width": 390, "height": 844})
    barriers = []
    for path in (LIST, f"{LIST}?tab=ready", f"{LIST}add/", f"{LIST}{asked[0].pk}/change/"):
        desk.goto(city + path)
        barriers += serious(desk)

    assert barriers == []
    desk.context.close()
