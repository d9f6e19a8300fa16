"""The table that a run prints."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One goal. `value` is what is compared with `must` and `aim`: a ratio, at least so big, or
    with `at_most` at most so big. None: not measured, and `note` says why."""

    number: str
    what: str
    value: float | None = None
    ours: str = ""
    other: str = ""
    must: float | None = None
    aim: float | None = None
    at_most: bool = False
    note: str = ""

    def _reaches(self, goal: float) -> bool:
        if self.value is None:
            return False
        return self.value <= goal if self.at_most else self.value >= goal

    @property
    def must_missed(self) -> bool:
        """A goal that was measured and not reached. What could not be measured is not held
        either, and is said in the table, but does not fail the run."""
        return self.value is not None and self.must is not None and not self._reaches(self.must)

    @property
    def verdict(self) -> str:
        if self.value is None:
            return f"not measured: {self.note}"
        if self.must is None:
            return self.note
        word = "MISSED"
        if self._reaches(self.must):
            word = "aim" if self.aim is not None and self._reaches(self.aim) else "must"
        return f"{word}  {self.note}".rstrip()

    def cells(self) -> list[str]:
        sign = "<=" if self.at_most else ">="
        goals = [f"{sign} {goal:g}" if goal is not None else "" for goal in (self.must, self.aim)]
        value = f"{self.value:.2f}" if self.value is not None else "-"
        return [self.number, self.what, self.ours, self.other, value, *goals, self.verdict]


HEAD = ["", "what", "ours", "the other side", "ratio", "must", "aim", "holds"]


def print_table(lines: list[Line]) -> None:
    rows = [HEAD, *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD) - 1)]
    for row in rows:
        start = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        print(f"{start}  {row[-1]}".rstrip(), flush=True)
