"""Several sweeps side by side send each message once."""

import pytest
from django.db import connection

from notifications import delivery
from notifications.models import Message, Status
from tests.live.together import at_once
from tests.notifications.letters import NOW, letter

pytestmark = [pytest.mark.postgres, pytest.mark.race, pytest.mark.django_db(transaction=True)]

MESSAGES, SWEEPS = 200, 4


def test_parallel_sweeps_send_each_message_once(ledger):
    for _ in range(MESSAGES):
        letter()

    def sweep():
        try:
            return delivery.deliver_due(now=NOW)
        finally:
            connection.close()

    done = [timed.value["sent"] for timed in at_once([sweep] * SWEEPS)]

    assert sum(done) == MESSAGES
    assert len(ledger.sent) == len(set(ledger.sent)) == MESSAGES
    assert set(Message.objects.values_list("status", flat=True)) == {Status.SENT}
