"""What the tests of copies read and expect."""

import pytest

from core.errors import Refused
from notifications.models import Message


def kinds():
    """The messages of all, by name."""
    return sorted(Message.objects.values_list("kind", flat=True))


def refused(code):
    return pytest.raises(Refused, check=lambda error: error.code == code)
