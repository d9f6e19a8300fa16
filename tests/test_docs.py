"""The documents that are drawn from the code are those in the repository."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from bookings.workflow import WORKFLOW, Status
from core.management.commands import write_docs


@pytest.fixture
def folder(settings, tmp_path, monkeypatch):
    """Where `write_docs` writes."""
    monkeypatch.setattr(write_docs, "WORKFLOWS", tmp_path / "workflows.md")
    return tmp_path


def test_the_written_pages_are_current(capsys):
    call_command("write_docs", check=True)

    assert "up to date" in capsys.readouterr().out


def test_check_fails_and_writes_nothing(folder):
    page = folder / "workflows.md"
    page.write_text("old", encoding="utf-8")

    with pytest.raises(CommandError, match="out of date"):
        call_command("write_docs", check=True)

    assert page.read_text(encoding="utf-8") == "old"


def test_writing_makes_it_current(folder):
    call_command("write_docs")

    call_command("write_docs", check=True)
    assert Path(folder, "workflows.md").exists()


def test_every_state_and_move_is_drawn():
    text = write_docs.workflows()

    for status in Status:
        assert f"| `{status.value}` | " in text
    for source, targets in WORKFLOW.moves.items():
        for target in targets:
            assert f"    {source.value} --> {target.value}: " in text


def test_the_pages_are_in_english_whatever_is_active():
    assert "| `held` | Being booked |" in write_docs.workflows()
