import pytest

from notifications import channels, sources
from tests.notifications.letters import Ledger, Source


@pytest.fixture
def source(monkeypatch):
    source = Source()
    monkeypatch.setitem(sources._sources, "test", source)
    return source


@pytest.fixture
def ledger(monkeypatch, source):
    """E-mail goes to the ledger; there is no other channel."""
    ledger = Ledger()
    monkeypatch.setattr(channels, "SENDERS", {"email": ledger.sender()})
    return ledger
