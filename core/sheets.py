"""Cells of files that a spreadsheet will open: text there must not be taken for a formula."""

# What a spreadsheet takes for a formula at the start of a cell, full-width signs too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")


def safe_cell(text: str) -> str:
    """The text, behind a quote where it would be run."""
    return f"'{text}" if text.startswith(FORMULA) else text
