"""Documents drawn from the code, so that they cannot drift: the states of every workflow."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from core.workflow import Workflow

WORKFLOWS = Path("docs/workflows.md")
HEADING = """\
# Workflows

Written by `manage.py write_docs` from the tables in each app's `workflow.py`; change the table,
never this page. An arrow names who may make the move: a citizen with a link, a member of
staff, or the system.
"""


class Command(BaseCommand):
    help = "Write the documents that are drawn from the code."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; exit 1 when one is out of date"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / WORKFLOWS
        text = workflows()
        is_current = path.exists() and path.read_text(encoding="utf-8") == text
        if is_current:
            self.stdout.write(f"{WORKFLOWS}: up to date")
        elif options["check"]:
            raise CommandError(f"{WORKFLOWS} is out of date: run `manage.py write_docs`.")
        else:
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"{WORKFLOWS}: written")


def workflows() -> str:
    """The page with a diagram and a table of states for each app that has a workflow."""
    with translation.override("en"):
        return "\n".join([HEADING, *(_page_of(app) for app in _apps_with_workflow())])


def _apps_with_workflow() -> Iterator[AppConfig]:
    # By name: core stands below the apps and imports nothing of theirs.
    root = Path(settings.BASE_DIR)
    for app in apps.get_app_configs():
        if (
            Path(app.path).parent == root
            and find_spec(f"{app.name}.workflow")
            and app.name != "core"
        ):
            yield app


def _page_of(app: AppConfig) -> str:
    module = import_module(f"{app.name}.workflow")
    tables = [table for table in vars(module).values() if isinstance(table, Workflow)]
    return "\n".join(_drawn(app.name, table) for table in tables)


def _drawn(app: str, workflow: Workflow) -> str:
    moves = workflow.moves
    first = next(iter(moves))
    arrows = [f"    [*] --> {first.value}"]
    for source, targets in moves.items():
        for target, actors in targets.items():
            who = ", ".join(sorted(actor.value for actor in actors))
            arrows.append(f"    {source.value} --> {target.value}: {who}")
    arrows += [f"    {end.value} --> [*]" for end in moves if not moves[end]]
    rows = [f"| `{status.value}` | {status.label} |" for status in moves]
    return "\n".join(
        [
            f"## {app}: {type(first).__name__}\n",
            "```mermaid\nstateDiagram-v2",
            *arrows,
            "```\n",
            "| state | shown as |\n|---|---|",
            *rows,
            "",
        ]
    )
