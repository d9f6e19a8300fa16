"""What must not stand in a log."""

import logging
import re

# Links of bookings, short ones, of copies, of the waiting list, of data requests; a kept time, a
# LINE account, a kiosk.
_SECRET_PATH = re.compile(
    r"(/(?:[dlrsw]|bookings/kept|line/account|kiosk/[^/\s]+/open)/|[?&]linkToken=)[^/\s&]+"
)


class WithoutLinks(logging.Filter):
    """Takes the tokens out of addresses: Django logs the path of every answer that is an error,
    and whoever reads a signed link there could open the booking."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _SECRET_PATH.sub(r"\1…", record.getMessage()), None
        return True
