"""The file broker of `make run`."""

from queue import Empty

import pytest
from kombu import Connection
from kombu.transport import filesystem

from core import broker


@pytest.fixture
def channel(tmp_path):
    """Gives a channel of a kind of file broker whose files lie in a folder of the test."""

    def opened(transport):
        options = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path)}
        return Connection(transport=transport, transport_options=options).channel()

    return opened


@pytest.fixture
def read_while_written(channel, monkeypatch):
    """Put a message and look for it when its file is begun but not yet written."""

    def read(module):
        writer, reader = channel(module.Transport), channel(module.Transport)
        dumps = module.dumps

        def look_first(payload):
            with pytest.raises(Empty):
                reader._get("celery")
            return dumps(payload)

        monkeypatch.setattr(module, "dumps", look_first)
        writer._put("celery", {"body": "ตื่น"})
        return reader._get("celery")

    return read


def test_a_message_is_read_whole(read_while_written):
    assert read_while_written(broker) == {"body": "ตื่น"}


def test_kombus_own_gives_half_a_message(read_while_written):
    with pytest.raises(ValueError, match="Expecting value"):
        read_while_written(filesystem)


def test_celery_uses_it_where_there_is_no_redis():
    with Connection("filesystem://") as connection:
        assert isinstance(connection.transport, broker.Transport)
