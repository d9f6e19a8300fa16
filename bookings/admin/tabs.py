"""The tabs and pages of a list of cases, each an address that keeps the filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.paginator import Page

from accounts.staff import StaffRequest

# What stays ticked after an answer; never part of a filter.
CHOSEN = "chosen"


@dataclass(frozen=True)
class Tab:
    """One view of the list; `order` of what it shows."""

    key: str
    label: Any
    order: tuple[str, ...]


OneTab = TypeVar("OneTab", bound=Tab)


def tab_of(request: StaffRequest, tabs: Sequence[OneTab], *, default: str) -> OneTab:
    """The tab of the address, else the default one."""
    wanted = request.GET.get("tab", default)
    return next((tab for tab in tabs if tab.key == wanted), tabs[0])


def tab_links(
    request: StaffRequest, tabs: Sequence[Tab], current: Tab, numbers: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Each tab with its number and address; of another tab, the first page."""
    kept = {key: value for key, value in request.GET.items() if key not in ("tab", "page", CHOSEN)}
    return [
        {
            "label": tab.label,
            "number": numbers[tab.key],
            "url": "?" + urlencode({**kept, "tab": tab.key}),
            "is_current": tab is current,
        }
        for tab in tabs
    ]


def page_links(request: StaffRequest, page: Page) -> dict[str, str]:
    """The addresses of the pages beside this one, "" where there is none."""
    return {"previous_page": _page(request, page, -1), "next_page": _page(request, page, 1)}


def query(request: StaffRequest) -> str:
    """The filters as an address has them."""
    kept = request.GET.copy()
    kept.pop(CHOSEN, None)
    return kept.urlencode()


def _page(request: StaffRequest, page: Page, step: int) -> str:
    number = page.number + step
    if not 1 <= number <= page.paginator.num_pages:
        return ""
    kept = {key: value for key, value in request.GET.items() if key != CHOSEN}
    return "?" + urlencode({**kept, "page": number})
