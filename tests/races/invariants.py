"""What `manage.py verify_integrity` says, for the end of every race."""

from io import StringIO

from django.core.management import CommandError, call_command


def broken_invariants() -> str:
    """The broken invariants in words; empty when all hold."""
    said = StringIO()
    try:
        call_command("verify_integrity", stdout=said, stderr=said)
    except (CommandError, SystemExit) as error:
        return said.getvalue() or str(error) or "broken"
    return ""
