"""Invented members of staff for a demonstration, one of each role at least."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.models import StaffRole, User
from accounts.roles import Role
from offices.models import Office, SectionKind

# Known to everybody: only where a demonstration is wanted, see `may_be_made`.
PASSWORD = "nadkhet-demo-2569"  # noqa: S105


@dataclass(frozen=True)
class DemoPerson:
    """`office` is a slug, empty for the roles of the whole city."""

    username: str
    first_name: str
    last_name: str
    role: Role
    office: str = ""
    may_decide: bool = False


PEOPLE = (
    DemoPerson("officer", "อารี", "ทดสอบชัย", Role.OFFICER, "bang-rak", may_decide=True),
    DemoPerson("officer2", "สมศรี", "ทดสอบคู่", Role.OFFICER, "bang-rak", may_decide=True),
    DemoPerson("head", "วรรณา", "ทดสอบงาน", Role.HEAD, "bang-rak"),
    DemoPerson("director", "ประสิทธิ์", "ทดสอบการ", Role.DIRECTOR, "bang-rak"),
    DemoPerson("officer-bangkhae", "มานพ", "ทดสอบแค", Role.OFFICER, "bang-khae", may_decide=True),
    DemoPerson("central", "มาลี", "ทดสอบกลาง", Role.CENTRAL),
    DemoPerson("auditor", "สุรชัย", "ทดสอบตรวจ", Role.AUDITOR),
)


def may_be_made() -> bool:
    """Whether this installation is for a demonstration: DEMO is set, or it is `make run`."""
    return settings.DEMO or settings.EMBEDDED


def make_staff() -> int:
    """Make the demo accounts that are missing, with their roles; returns how many. Needs the
    reference data."""
    offices = Office.objects.in_bulk([p.office for p in PEOPLE if p.office], field_name="slug")
    known = set(User.objects.values_list("username", flat=True))
    missing = [person for person in PEOPLE if person.username not in known]
    for person in missing:
        user = User.objects.create(
            username=person.username,
            first_name=person.first_name,
            last_name=person.last_name,
            is_staff=True,
            password=make_password(PASSWORD),
        )
        StaffRole.objects.create(
            user=user,
            role=person.role,
            office=offices[person.office] if person.office else None,
            section=SectionKind.REGISTRATION if person.role == Role.OFFICER else "",
            may_decide=person.may_decide,
        )
    return len(missing)
