"""A clerk calls the head to the window."""

import pytest

from bookings.services import counter
from core.errors import Refused
from tests.bookings.counter.hall import clock
from tests.factories import make_staff


def test_an_alarm_is_answered_once_by_the_head(offered, officer, window):
    alarm = counter.raise_alarm(office=offered.office, window=window, by=officer, now=clock(10))
    again = counter.raise_alarm(office=offered.office, window=window, by=officer, now=clock(10))
    assert again == alarm
    head = make_staff("head", office=offered.office)
    with pytest.raises(Refused) as refused:
        counter.answer_alarm(alarm=alarm, by=officer, now=clock(10))
    assert refused.value.code == "permission"

    counter.answer_alarm(alarm=alarm, by=head, now=clock(10))

    with pytest.raises(Refused) as refused:
        counter.answer_alarm(alarm=alarm, by=head, now=clock(10))
    assert refused.value.code == "answered"
