"""What a verb of a service raises when it cannot be done."""


class Refused(Exception):
    """An action that cannot be done. `message` is translated and fit to show to the person who
    asked; `code` is a stable word for tests and for choosing a page ("full", "held", "stale").

    `field` names the form field the sentence belongs to, empty when it concerns the whole form."""

    def __init__(self, message: str, *, code: str, field: str = "") -> None:
        super().__init__(message)
        self.message = str(message)
        self.code = code
        self.field = field
