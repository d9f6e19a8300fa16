"""Limits on guessing, counted in the cache. They fail open: a lost cache stops nobody from
reaching a booking, and what is guarded stays signed (reliability §7.20)."""

import logging
from ipaddress import IPv6Network

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from core.proxies import client_address

logger = logging.getLogger(__name__)


def too_many(what: str, whose: str, *, limit: int, minutes: int) -> bool:
    """Count one more of `what` by `whose`; whether it is past the limit for these minutes."""
    key = f"limit:{what}:{whose}"
    try:
        cache.add(key, 0, timeout=minutes * 60)
        return cache.incr(key) > limit
    except (RedisError, OSError, ValueError) as error:
        logger.warning("limit %s not counted: %s", what, type(error).__name__)
        return False


def reached(what: str, whose: str, *, limit: int) -> bool:
    """Whether the limit is reached already; counts nothing."""
    try:
        return int(cache.get(f"limit:{what}:{whose}", 0)) >= limit
    except (RedisError, OSError) as error:
        logger.warning("limit %s not read: %s", what, type(error).__name__)
        return False


def client(request: HttpRequest) -> str:
    """Who is counted: an IPv4 address, or the /64 that one IPv6 subscriber has whole."""
    address = client_address(request)
    return address if "." in address or not address else str(IPv6Network((address, 64), False))
