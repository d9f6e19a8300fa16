"""Who may do what, as one table of plain data. Permissions are Django's own
`app.codename` words, so that the admin asks them by itself; RoleBackend answers from here."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OFFICER = "officer", _("Officer")
    HEAD = "head", _("Head of section")
    DIRECTOR = "director", _("District director")
    CENTRAL = "central", _("Central office")
    AUDITOR = "auditor", _("Auditor")


# Roles of the whole city; all others belong to one office.
CITY_ROLES = frozenset({Role.CENTRAL, Role.AUDITOR})

REFERENCE_DATA = frozenset(
    {
        "office",
        "section",
        "service",
        "servicecase",
        "checklistitem",
        "fee",
        "serviceform",
        "question",
        "offeredservice",
        "openingpattern",
        "patterntime",
        "closure",
        "popularday",
    }
)
VIEW_REFERENCE = frozenset(f"offices.view_{name}" for name in REFERENCE_DATA | {"window"})
EDIT_REFERENCE = frozenset(
    f"offices.{verb}_{name}" for name in REFERENCE_DATA for verb in ("add", "change", "delete")
) - {"offices.add_office", "offices.delete_office", "offices.delete_service"}
EDIT_OWN_TIMES = frozenset(
    {
        "offices.change_section",
        "offices.change_offeredservice",
        "offices.add_openingpattern",
        "offices.change_openingpattern",
        "offices.add_patterntime",
        "offices.change_patterntime",
        "offices.delete_patterntime",
        "offices.add_closure",
        "offices.change_closure",
        "offices.delete_closure",
        "bookings.change_slot",
        "offices.change_kiosk",
        "registry_requests.view_copyrules",
        "registry_requests.add_copyrules",
        "registry_requests.change_copyrules",
    }
)
VIEW_CASES = frozenset(
    {
        "bookings.view_booking",
        "bookings.view_slot",
        "bookings.view_document",
        "bookings.view_waitingentry",
        "notifications.view_message",
        "registry_requests.view_copyrequest",
    }
)
WORK_CASES = frozenset(
    {
        "bookings.change_booking",
        "bookings.add_booking",
        "bookings.unmask_booking",
        "bookings.change_waitingentry",
        "notifications.resend_message",
        "registry_requests.check_copyrequest",
        "registry_requests.enter_copyrequest",
        "registry_requests.unmask_copyrequest",
    }
)
WORK_DESK = frozenset({"bookings.work_desk"})
LEAD_DESK = frozenset({"bookings.lead_desk", "offices.add_window", "offices.change_window"})
# Close times and tell those booked; the pages name applicants.
CLOSE = frozenset({"bookings.announce_closing"})
# What a head may hand to an officer (StaffRole.may_decide), too.
DECIDE = frozenset({"bookings.decide_booking", "registry_requests.decide_copyrequest"})
# Whom each may manage stands in `GIVES`; this only opens the pages.
MANAGE_STAFF = frozenset(
    {
        "accounts.view_user",
        "accounts.add_user",
        "accounts.change_user",
        "accounts.view_staffrole",
        "accounts.add_staffrole",
        "accounts.change_staffrole",
        "accounts.delete_staffrole",
    }
)
SEE_DATA_REQUESTS = frozenset({"bookings.view_datarequest"})
IDENTIFY = frozenset({"bookings.identify_datarequest"})
ANSWER = frozenset({"bookings.answer_datarequest"})

RANK = {Role.OFFICER: 1, Role.HEAD: 2, Role.DIRECTOR: 3, Role.AUDITOR: 4, Role.CENTRAL: 4}
# The highest rank that a role may give and manage, at its own office (ADR 20).
GIVES = {Role.HEAD: 1, Role.DIRECTOR: 3, Role.CENTRAL: 4}

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.OFFICER: VIEW_REFERENCE
    | VIEW_CASES
    | WORK_CASES
    | WORK_DESK
    | SEE_DATA_REQUESTS
    | IDENTIFY,
    Role.HEAD: VIEW_REFERENCE
    | VIEW_CASES
    | WORK_CASES
    | WORK_DESK
    | LEAD_DESK
    | DECIDE
    | CLOSE
    | EDIT_OWN_TIMES
    | MANAGE_STAFF
    | SEE_DATA_REQUESTS
    | IDENTIFY
    | ANSWER
    | {"bookings.export_booking", "accounts.view_viewlog"},
    Role.DIRECTOR: VIEW_REFERENCE
    | {
        "bookings.view_booking",
        "bookings.view_slot",
        "bookings.view_waitingentry",
        "notifications.view_message",
        "registry_requests.view_copyrequest",
    }
    | DECIDE
    | CLOSE
    | EDIT_OWN_TIMES
    | MANAGE_STAFF
    | SEE_DATA_REQUESTS
    | ANSWER
    | {"bookings.export_booking", "accounts.view_viewlog"},
    Role.CENTRAL: VIEW_REFERENCE | EDIT_REFERENCE | MANAGE_STAFF | {"accounts.view_viewlog"},
    Role.AUDITOR: VIEW_REFERENCE
    | SEE_DATA_REQUESTS
    | {
        "bookings.view_booking",
        "bookings.view_slot",
        "bookings.view_waitingentry",
        "notifications.view_message",
        "registry_requests.view_copyrequest",
        "accounts.view_user",
        "accounts.view_staffrole",
        "accounts.view_viewlog",
    },
}
