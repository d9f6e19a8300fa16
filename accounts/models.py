"""Staff and their roles, consent of citizens, and who looked at what."""

import uuid
from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import CITY_ROLES, DECIDE, PERMISSIONS, Role
from offices.models import Office, SectionKind


class User(AbstractUser):
    """A member of staff. Citizens have no account: they hold a link."""

    # Unused for long, an account is closed; opened again, its days count anew from there.
    closed_unused_at = models.DateTimeField(_("closed because unused"), null=True, editable=False)
    reopened_at = models.DateTimeField(_("opened again"), null=True, editable=False)

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()

    @cached_property
    def active_roles(self) -> list["StaffRole"]:
        """The person's roles with their offices; one query, kept for the request."""
        return list(self.roles.select_related("office"))

    @cached_property
    def office_ids(self) -> frozenset[int]:
        """Offices whose cases the person may see because of an office role."""
        return frozenset(role.office_id for role in self.active_roles if role.office_id)

    @property
    def sees_whole_city(self) -> bool:
        """Whether a city role opens the rows of all offices."""
        return self.is_superuser or any(role.role in CITY_ROLES for role in self.active_roles)

    def role_permissions(self) -> frozenset[str]:
        granted: set[str] = set()
        for role in self.active_roles:
            granted |= role.permissions
        return frozenset(granted)

    def has_office_permission(self, permission: str, office_id: int) -> bool:
        """Whether a role at this very office (or of the whole city) grants the permission."""
        return self.is_superuser or any(
            permission in role.permissions
            for role in self.active_roles
            if role.office_id in (office_id, None)
        )


class StaffRole(models.Model):
    """A role of a person: at one office, or (central, auditor) for the whole city."""

    user = models.ForeignKey(
        User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="roles"
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    office = models.ForeignKey(
        Office,
        verbose_name=_("office"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="staff_roles",
    )
    section = models.CharField(_("section"), max_length=20, choices=SectionKind.choices, blank=True)
    may_decide = models.BooleanField(
        _("may approve and reject"),
        default=False,
        help_text=_("Delegated to an officer by the head of section."),
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "office"], name="one_role_an_office"),
            models.CheckConstraint(
                condition=models.Q(role__in=sorted(CITY_ROLES), office__isnull=True)
                | (~models.Q(role__in=sorted(CITY_ROLES)) & models.Q(office__isnull=False)),
                name="office_roles_have_an_office",
            ),
        ]

    def __str__(self) -> str:
        place = str(self.office) if self.office else ""
        return " · ".join(part for part in (str(self.get_role_display()), place) if part)

    @property
    def permissions(self) -> frozenset[str]:
        delegated = DECIDE if self.may_decide else frozenset()
        return PERMISSIONS[self.role] | delegated


class LineAccountQuerySet(models.QuerySet["LineAccount"]):
    def open(self) -> "LineAccountQuerySet":
        """Linked, and not taken back."""
        return self.filter(linked_at__isnull=False, unlinked_at__isnull=True)


class Consent(models.Model):
    """That a person took note of the privacy text before sending data (S0-R10, PDPA s.23)."""

    class Channel(models.TextChoices):
        WEB = "web", _("web")
        COUNTER = "counter", _("counter")
        LINE = "line", "LINE"

    purpose = models.CharField(_("purpose"), max_length=40)
    text_version = models.CharField(_("version of the text"), max_length=20)
    language = models.CharField(_("language"), max_length=5)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    given_at = models.DateTimeField(_("given"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")

    def __str__(self) -> str:
        return f"{self.purpose} {self.text_version}"


class LineAccount(models.Model):
    """A LINE account and the person whose it is, linked once on our page. Until LINE itself says
    that the link stands (`linked_at`) it is a promise under a nonce; taken back, it forgets the
    person. The number is sealed as those of bookings are."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    nonce_index = models.BinaryField(max_length=32, unique=True, editable=False)
    nonce_until = models.DateTimeField(editable=False)
    user_id = models.CharField(max_length=40, blank=True, editable=False)
    full_name = models.CharField(_("full name"), max_length=150, blank=True)
    id_sealed = models.BinaryField(editable=False)
    id_index = models.BinaryField(max_length=32, editable=False)
    id_tail = models.CharField(max_length=4, blank=True, editable=False)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    consent = models.ForeignKey(Consent, verbose_name=_("consent"), on_delete=models.PROTECT)
    linked_at = models.DateTimeField(_("linked"), null=True)
    unlinked_at = models.DateTimeField(_("taken back"), null=True)
    # Since when the person does not want to read us; LINE refuses our messages meanwhile.
    blocked_at = models.DateTimeField(_("blocked"), null=True)

    objects = LineAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("link of a LINE account")
        verbose_name_plural = _("links of LINE accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["user_id"],
                condition=models.Q(linked_at__isnull=False, unlinked_at__isnull=True),
                name="one_open_link_a_line_user",
            ),
            models.CheckConstraint(
                condition=models.Q(linked_at__isnull=True) | ~models.Q(user_id=""),
                name="line_link_names_a_user",
            ),
            models.CheckConstraint(
                condition=models.Q(unlinked_at__isnull=True)
                | models.Q(full_name="", id_tail="", phone=""),
                name="line_link_taken_back_names_nobody",
            ),
        ]
        indexes = [models.Index(fields=["id_index"], name="line_account_id_index")]

    def __str__(self) -> str:
        return f"LINE {self.key}"

    @property
    def masked_number(self) -> str:
        """x-xxxx-xxxxx-70-8."""
        return f"x-xxxx-xxxxx-{self.id_tail[-3:-1]}-{self.id_tail[-1:]}"


class ViewLog(models.Model):
    """Append-only: who opened which personal data of which case, when, and why."""

    user = models.ForeignKey(
        User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="+"
    )
    office = models.ForeignKey(
        Office, verbose_name=_("office"), on_delete=models.PROTECT, related_name="+"
    )
    case = models.CharField(_("case"), max_length=20)
    what = models.CharField(_("what was opened"), max_length=80)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("opening of personal data")
        verbose_name_plural = _("openings of personal data")
        ordering = ["-at"]
        indexes = [models.Index(fields=["office", "-at"], name="viewlog_office_at")]

    def __str__(self) -> str:
        return f"{self.case} {self.what}"
