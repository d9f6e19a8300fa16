"""How far two district offices are from each other: kilometres between real coordinates where both
offices have entered them, else an estimate from the schematic map (data/tile_map.csv)."""

from dataclasses import dataclass
from math import asin, cos, hypot, radians, sin, sqrt

from offices.models import Office

EARTH_KM = 6_371
# About the width of a district; only compares offices, and is never shown.
TILE_KM = 4
UNKNOWN_KM = 1_000


@dataclass(frozen=True)
class Distance:
    """`order` compares; `km` is fit to show, None when it is only an estimate."""

    order: float
    km: float | None = None


def distance(one: Office, other: Office) -> Distance:
    """No query."""
    km = _kilometres(one, other)
    return Distance(_estimate(one, other)) if km is None else Distance(km, km)


def _estimate(one: Office, other: Office) -> float:
    if one.column is None or one.row is None or other.column is None or other.row is None:
        return UNKNOWN_KM
    return TILE_KM * hypot(one.column - other.column, one.row - other.row)


def _kilometres(one: Office, other: Office) -> float | None:
    """Great circle (haversine)."""
    places = [one.latitude, one.longitude, other.latitude, other.longitude]
    if None in places:
        return None
    lat, lon, other_lat, other_lon = (radians(float(place)) for place in places if place)
    half = sin((other_lat - lat) / 2) ** 2
    half += cos(lat) * cos(other_lat) * sin((other_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))
