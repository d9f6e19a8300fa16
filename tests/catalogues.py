"""`python -m tests.catalogues`: every word of the source has its Thai, and the compiled
catalogue is the written one. Needs gettext."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = Path("locale/th/LC_MESSAGES/django.po")
NOT_SOURCE = shutil.ignore_patterns(
    ".*", "var", "static", "tests", "benchmarks", "docs", "node_modules", "__pycache__"
)


def words(catalogue):
    """What is translated, by what it is translated from."""
    return {(entry.msgctxt, entry.msgid): entry for entry in catalogue if not entry.obsolete}


def problems():
    written = polib.pofile(str(ROOT / CATALOGUE))
    compiled = polib.mofile(str(ROOT / CATALOGUE.with_suffix(".mo")))
    for entry in written.untranslated_entries():
        yield f"no Thai: {entry.msgid!r}"
    for entry in written.fuzzy_entries():
        yield f"fuzzy: {entry.msgid!r}"
    for context, msgid in sorted(words(collected()).keys() - words(written).keys(), key=str):
        yield f"not in {CATALOGUE}, run `make messages`: {msgid!r}" + (
            f" ({context})" if context else ""
        )
    if meanings(compiled) != meanings(written):
        yield f"{CATALOGUE.with_suffix('.mo')} is not compiled from {CATALOGUE.name}"
    check = subprocess.run(
        ["msgfmt", "--check", "--output-file=/dev/null", str(ROOT / CATALOGUE)],
        capture_output=True,
        text=True,
    )
    yield from check.stderr.splitlines() if check.returncode else []


def meanings(catalogue):
    return {key: (entry.msgstr, entry.msgstr_plural) for key, entry in words(catalogue).items()}


def collected():
    """The words that the source holds today, gathered in a copy of it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "source"
        shutil.copytree(ROOT, copy, ignore=NOT_SOURCE)
        (copy / CATALOGUE).unlink(missing_ok=True)
        subprocess.run(
            [sys.executable, "-m", "django", "makemessages", "--locale", "th", "--verbosity", "0"],
            cwd=copy,
            check=True,
        )
        return polib.pofile(str(copy / CATALOGUE))


def main():
    if not shutil.which("msgfmt"):
        sys.exit("gettext is missing: install it, for example with `apt-get install gettext`.")
    found = list(problems())
    for problem in found:
        print(problem)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
