"""Two officers have the same copy request open; one approves, the other refuses, at the same
instant: the first is done, the second is told who was first (S0-R11, R13)."""

import pytest
from django.utils import timezone

from registry_requests import services
from registry_requests.models import CopyRequest, CopyRequestChange
from registry_requests.workflow import Status
from tests.factories import make_office, make_staff, national_id
from tests.live import world
from tests.live.together import at_once
from tests.races.invariants import broken_invariants
from tests.races.test_cancel_and_confirm import make_officer, signed_in
from tests.registry_requests.conftest import collection_at, enquire, identify, submit

pytestmark = [pytest.mark.postgres, pytest.mark.race]

PAIRS = 20
ENDS = (Status.APPROVED, Status.REJECTED)
REFUSAL = {"kind": "other", "reason": "ทดสอบ"}


def test_the_first_decision_stands(serve):
    slot = _identified(PAIRS)

    with serve(STAFF_MFA_REQUIRED="0") as server:
        approving = {"slot": str(slot.pk), "reason": ""}
        answers = _decide_twice(server, {"approve/": approving, "reject/": REFUSAL})

    decided = _decided()
    approved, refused = (sum(to == [status] for to in decided.values()) for status in ENDS)
    print(f"{PAIRS} pairs: {approved} approved, {refused} refused, 0 lost")
    # Done is a redirect to the page; the second is told there (409).
    statuses = sorted(answer.status for answer in answers)
    assert statuses == [302] * PAIRS + [409] * PAIRS
    assert approved + refused == len(decided) == PAIRS
    for request in CopyRequest.objects.select_related("collection"):
        assert [request.status] == decided[request.pk]
        is_approved = request.status == Status.APPROVED
        assert (request.collection.status == "confirmed") == is_approved
    slot.refresh_from_db()
    assert slot.taken == approved
    assert broken_invariants() == ""


def test_control_without_the_row_lock_both_decide(serve):
    """Enquiries, which have no appointment whose own lock would stop the second."""
    offered = collection_at(make_office())
    make_officer(offered)
    colleague = make_staff(office=offered.office)
    for _no in range(10):
        services.take(request=enquire(offered), by=colleague, now=timezone.now())

    with serve("copies", STAFF_MFA_REQUIRED="0") as server:
        _decide_twice(server, {"answer/": {"text": "ได้"}, "reject/": REFUSAL})

    both = sum(len(to) > 1 for to in _decided((Status.ANSWERED, Status.REJECTED)).values())
    print(f"without the row lock: both decided in {both} of 10 pairs")
    assert both > 0


def _identified(how_many):
    """Requests whose identity was compared, all at one time with room for them."""
    offered = collection_at(make_office())
    make_officer(offered)
    slot = world.slot(offered, places=how_many)
    colleague = make_staff(office=offered.office)
    for _no in range(how_many):
        number = national_id()
        request = submit(offered, slot, number=number)
        identify(request, number, colleague)
    return slot


def _decide_twice(server, verbs):
    """Both have the page open; each presses another button, one of `verbs` with what it types."""
    officers = [signed_in(server) for _ in range(2)]
    presses = []
    for request in CopyRequest.objects.all():
        for officer, (verb, typed) in zip(officers, verbs.items(), strict=True):
            card = "?card=reject" if verb == "reject/" else ""
            page = officer.get(f"/admin/registry_requests/copyrequest/{request.pk}/change/{card}")
            presses.append(
                lambda o=officer, p=page, v=verb, t=typed: o.submit(p, p.form_to(v), **t)
            )
    return [timed.value for timed in at_once(presses)]


def _decided(ends=ENDS):
    """Each request with the decisions that its history holds."""
    steps = CopyRequestChange.objects.filter(to_status__in=ends).order_by("pk")
    decided = {}
    for request, to in steps.values_list("request_id", "to_status"):
        decided.setdefault(request, []).append(to)
    return decided
