"""A district office and its two sections."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import history as record_history
from core.models import Translated
from core.scope import OfficeRows, Offices


class SectionKind(models.TextChoices):
    REGISTRATION = "registration", _("Registration Section")
    ADMINISTRATIVE = "administrative", _("Administrative Section")


class Office(models.Model):
    """One of the 50 district offices. `code` is the administrative geocode (1004 = Bang Rak)."""

    code = models.PositiveSmallIntegerField(_("code"), unique=True)
    slug = models.SlugField(_("address word"), max_length=40, unique=True)
    prefix = models.CharField(_("reference prefix"), max_length=2, unique=True)
    name_th = models.CharField(_("name in Thai"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    phone = models.CharField(_("telephone"), max_length=20)
    address_th = models.CharField(_("address in Thai"), max_length=200)
    address_en = models.CharField(_("address in English"), max_length=200, blank=True)
    access_th = models.CharField(_("wheelchairs, in Thai"), max_length=200, blank=True)
    access_en = models.CharField(_("wheelchairs, in English"), max_length=200, blank=True)
    opens_at = models.TimeField(_("opens"))
    closes_at = models.TimeField(_("closes"))
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(13), MaxValueValidator(15)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(100), MaxValueValidator(101)],
    )
    # Where the district stands on the schematic map of the city (data/tile_map.csv).
    column = models.PositiveSmallIntegerField(null=True, editable=False)
    row = models.PositiveSmallIntegerField(null=True, editable=False)
    confirmed = models.BooleanField(_("confirmed by the office"), default=False)
    history = record_history()

    name = Translated()
    address = Translated()
    access = Translated()
    objects = Offices.as_manager()

    class Meta:
        verbose_name = _("district office")
        verbose_name_plural = _("district offices")
        ordering = ["name_th"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="office_hours_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """สำนักงานเขตบางรัก / Bang Rak District Office."""
        return _("%(name)s District Office") % {"name": self.name}

    @property
    def short_name(self) -> str:
        """เขตบางรัก / Bang Rak."""
        return _("%(name)s District") % {"name": self.name}


class Section(models.Model):
    """The registration or the administrative section of one office."""

    office = models.ForeignKey(
        Office, verbose_name=_("office"), on_delete=models.CASCADE, related_name="sections"
    )
    kind = models.CharField(_("section"), max_length=20, choices=SectionKind.choices)
    floor_th = models.CharField(_("floor in Thai"), max_length=60, blank=True)
    floor_en = models.CharField(_("floor in English"), max_length=60, blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    history = record_history()

    floor = Translated()
    objects = OfficeRows.as_manager()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [
            models.UniqueConstraint(fields=["office", "kind"], name="one_section_a_kind")
        ]

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.get_kind_display(), self.floor) if part)


class Window(models.Model):
    """A service window of one office, as the sign above it says: "5". The head of section opens
    and closes windows; a window that served people is kept."""

    office = models.ForeignKey(
        Office, verbose_name=_("office"), on_delete=models.CASCADE, related_name="windows"
    )
    section = models.ForeignKey(
        Section, verbose_name=_("section"), on_delete=models.PROTECT, related_name="windows"
    )
    label = models.CharField(_("window"), max_length=10)
    is_open = models.BooleanField(_("in use"), default=True)
    history = record_history()

    objects = OfficeRows.as_manager()

    class Meta:
        verbose_name = _("service window")
        verbose_name_plural = _("service windows")
        ordering = ["office", "label"]
        constraints = [
            models.UniqueConstraint(fields=["office", "label"], name="one_window_a_label")
        ]

    def __str__(self) -> str:
        return _("Window %(label)s") % {"label": self.label}


class Kiosk(models.Model):
    """The tablets in the hall of an office at which people without an appointment take a number.
    Each new link raises `version`, which closes all tablets that were opened by older ones."""

    office = models.OneToOneField(
        Office, verbose_name=_("office"), on_delete=models.CASCADE, related_name="kiosk"
    )
    version = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(_("link made"), null=True, blank=True)
    history = record_history()

    class Meta:
        verbose_name = _("kiosk")
        verbose_name_plural = _("kiosks")

    def __str__(self) -> str:
        return f"{self.office_id} {self.version}"
