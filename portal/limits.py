"""Limits on guessing and on keeping places, counted in the cache and, when that is away, in this
process. They fail open: no lost count stops anybody from reaching a booking, and what is guarded
stays signed."""

import logging
from collections.abc import Callable
from datetime import datetime
from ipaddress import IPv6Network

from django.conf import settings
from django.core.cache import BaseCache, caches
from django.http import HttpRequest
from redis.exceptions import RedisError

from bookings import queries
from core.proxies import client_address

logger = logging.getLogger(__name__)
# As long as a hold can last, with the time asked for once more.
HOLD_SECONDS = 2 * settings.HOLD_MINUTES * 60


def too_many(what: str, whose: str, *, limit: int, minutes: int) -> bool:
    """Count one more of `what` by `whose`; whether it is past the limit for these minutes."""
    key = f"limit:{what}:{whose}"
    return _counted(lambda cache: _one_more(cache, key, minutes * 60)) > limit


def reached(what: str, whose: str, *, limit: int) -> bool:
    """Whether the limit is reached already; counts nothing."""
    return _counted(lambda cache: int(cache.get(f"limit:{what}:{whose}", 0))) >= limit


def ticket_to_hold(request: HttpRequest, *, now: datetime) -> str:
    """A ticket to keep one more place, under which `remember_hold` notes it; empty when this
    address keeps HOLDS_PER_ADDRESS places whose forms were not sent. The database is asked only
    where as many were made within the last minutes."""
    key, limit = f"limit:hold:{client(request)}", settings.HOLDS_PER_ADDRESS

    def number(cache: BaseCache) -> int:
        taken = _one_more(cache, key, HOLD_SECONDS)
        return taken if taken <= limit else 1 + _forget_what_is_over(cache, key, limit, now)

    mine = _counted(number)
    return f"{key}:{mine}" if mine <= limit else ""


def remember_hold(ticket: str, booking_id: int) -> None:
    """Note the place that was kept with a ticket."""

    def remember(cache: BaseCache) -> int:
        cache.set(ticket, booking_id, timeout=HOLD_SECONDS)
        return 1

    _counted(remember)


def _forget_what_is_over(cache: BaseCache, key: str, limit: int, now: datetime) -> int:
    """Count anew the places that are still kept; returns how many."""
    ids = cache.get_many([f"{key}:{number}" for number in range(1, limit + 1)]).values()
    held = queries.still_held(list(ids), now=now)
    cache.set_many({f"{key}:{n}": pk for n, pk in enumerate(held, 1)}, timeout=HOLD_SECONDS)
    cache.set(key, min(len(held) + 1, limit), timeout=HOLD_SECONDS)
    return len(held)


def client(request: HttpRequest) -> str:
    """Who is counted: an IPv4 address, or the /64 that one IPv6 subscriber has whole."""
    address = client_address(request)
    return address if "." in address or not address else str(IPv6Network((address, 64), False))


def _one_more(cache: BaseCache, key: str, seconds: int) -> int:
    try:
        return cache.incr(key)
    except ValueError:  # the first one
        cache.add(key, 0, timeout=seconds)
        return cache.incr(key)


def _counted(count: Callable[[BaseCache], int]) -> int:
    """What the shared cache counts, else what this process does; 0 when neither can."""
    for name in ("default", "local"):
        try:
            return count(caches[name])
        except (RedisError, OSError, ValueError) as error:
            logger.warning("limit not counted in %s: %s", name, type(error).__name__)
    return 0
