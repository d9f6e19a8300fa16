"""What `make run` refuses before it touches anything. (.ci/run starts and stops the whole.)"""

import socket

import pytest
from django.core.management.base import CommandError

from core.management.commands import run_embedded


def test_port_that_is_taken_is_named(settings):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings.PORT = other.getsockname()[1]

        with pytest.raises(CommandError, match=f"Port {settings.PORT} cannot be used"):
            run_embedded._require_free_port()


def test_second_start_from_the_same_folder_is_refused(tmp_path):
    lock = tmp_path / "run.lock"

    with (
        run_embedded._alone(lock),
        pytest.raises(CommandError, match="running from this folder already"),
        run_embedded._alone(lock),
    ):
        pytest.fail("both run")

    with run_embedded._alone(lock):
        pass


def test_static_files_are_collected_again_when_one_changes(settings, tmp_path):
    settings.STATICFILES_DIRS = [tmp_path]
    before = run_embedded._static_fingerprint()

    (tmp_path / "new.css").write_text("body {}")

    assert run_embedded._static_fingerprint() != before


def test_line_is_played_by_this_machine_unless_another_is_named(monkeypatch):
    monkeypatch.delenv("LINE_API_BASE_URL", raising=False)
    played = run_embedded._stand_in_for_line()
    assert played["LINE_API_BASE_URL"].startswith("http://127.0.0.1:")
    assert len(played["LINE_CHANNEL_SECRET"]) == 32

    monkeypatch.setenv("LINE_API_BASE_URL", "https://api.line.me")
    assert run_embedded._stand_in_for_line() == {}
