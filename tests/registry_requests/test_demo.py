"""The demonstration: copy requests in each state at two offices, and nothing twice."""

from datetime import timedelta

import pytest

from accounts import demo as staff
from registry_requests import demo
from registry_requests.models import CopyRequest
from registry_requests.workflow import Status
from tests.factories import NOW, make_slot

pytestmark = pytest.mark.usefixtures("at_now")


def test_each_state_at_both_offices_and_nothing_twice(offered, elsewhere):
    for place in (offered, elsewhere):
        for day in range(2, 16):
            make_slot(place, starts=NOW + timedelta(days=day), capacity=4)
    staff.make_staff()

    made = demo.make_requests(NOW)

    for slug in ("bang-rak", "bang-khae"):
        states = set(CopyRequest.objects.filter(office__slug=slug).values_list("status", flat=True))
        assert states == set(Status.values) - {Status.EXPIRED}
        assert CopyRequest.objects.filter(office__slug=slug, collect_at__isnull=False).exists()
    assert made.total() == CopyRequest.objects.count() == 24
    assert demo.make_requests(NOW).total() == 0


def test_without_the_demo_accounts_nothing_is_made(offered):
    assert demo.make_requests(NOW).total() == 0
    assert not CopyRequest.objects.exists()
