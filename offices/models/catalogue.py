"""The services of the whole city: what to bring, what it costs, which form."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import history as record_history
from core.models import Translated
from offices.models.office import SectionKind


class Service(models.Model):
    """A service as every office knows it; an office's own numbers are on OfferedService."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    section = models.CharField(_("section"), max_length=20, choices=SectionKind.choices)
    icon = models.CharField(_("icon"), max_length=40)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    name_th = models.CharField(_("name in Thai"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    lead_th = models.CharField(_("lead in Thai"), max_length=200, blank=True)
    lead_en = models.CharField(_("lead in English"), max_length=200, blank=True)
    summary_th = models.CharField(_("one line in Thai"), max_length=200, blank=True)
    summary_en = models.CharField(_("one line in English"), max_length=200, blank=True)
    search_words = models.TextField(_("words people search by"), blank=True)
    parties = models.PositiveSmallIntegerField(_("applicants"), default=1)
    private_room = models.BooleanField(_("in a private room"), default=False)
    by_request = models.BooleanField(
        _("asked for by a form of its own; its times are not booked alone"), default=False
    )
    is_active = models.BooleanField(_("shown"), default=True)
    history = record_history()

    name = Translated()
    lead = Translated()
    summary = Translated()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(parties__in=[1, 2]), name="service_has_one_or_two_parties"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_festive(self) -> bool:
        """Gold is for love: only marriage wears it."""
        return self.code == "marriage"


class ServiceCase(models.Model):
    """A case that changes the checklist: Thai–foreign, lost card."""

    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.CASCADE, related_name="cases"
    )
    code = models.SlugField(_("code"), max_length=40)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    name_th = models.CharField(_("name in Thai"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    short_th = models.CharField(_("short name in Thai"), max_length=40)
    short_en = models.CharField(_("short name in English"), max_length=40)
    history = record_history()

    name = Translated()
    short = Translated()

    class Meta:
        verbose_name = _("case of a service")
        verbose_name_plural = _("cases of a service")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["service", "code"], name="one_case_a_code")]

    def __str__(self) -> str:
        return self.name


class ChecklistItem(models.Model):
    """One thing to bring. `source` is the id of the requirement it comes from (S2-R05)."""

    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.CASCADE, related_name="checklist"
    )
    cases = models.ManyToManyField(ServiceCase, verbose_name=_("cases"), related_name="checklist")
    code = models.SlugField(_("code"), max_length=40)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_conditional = models.BooleanField(_("only for some"), default=False)
    can_upload = models.BooleanField(_("can be sent as a picture"), default=False)
    title_th = models.CharField(_("title in Thai"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200)
    detail_th = models.CharField(_("how, in Thai"), max_length=300, blank=True)
    detail_en = models.CharField(_("how, in English"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=40, blank=True)
    confirmed = models.BooleanField(_("confirmed by the office"), default=False)
    history = record_history()

    title = Translated()
    detail = Translated()

    class Meta:
        verbose_name = _("checklist item")
        verbose_name_plural = _("checklist items")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["service", "code"], name="one_checklist_item_a_code")
        ]

    def __str__(self) -> str:
        return self.title


class Fee(models.Model):
    """What a service costs from a day on, in baht. The newest one in force counts."""

    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.CASCADE, related_name="fees"
    )
    case = models.ForeignKey(
        ServiceCase,
        verbose_name=_("case"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="fees",
    )
    amount = models.PositiveIntegerField(_("baht"))
    valid_from = models.DateField(_("in force from"))
    per_th = models.CharField(_("per what, in Thai"), max_length=60, blank=True)
    per_en = models.CharField(_("per what, in English"), max_length=60, blank=True)
    note_th = models.CharField(_("note in Thai"), max_length=120, blank=True)
    note_en = models.CharField(_("note in English"), max_length=120, blank=True)
    confirmed = models.BooleanField(_("confirmed by the office"), default=False)
    history = record_history()

    per = Translated()
    note = Translated()

    class Meta:
        verbose_name = _("fee")
        verbose_name_plural = _("fees")
        ordering = ["service", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "case", "valid_from"], name="one_fee_a_case_and_day"
            ),
            models.UniqueConstraint(
                fields=["service", "valid_from"],
                condition=models.Q(case__isnull=True),
                name="one_fee_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.per}"


class ServiceForm(models.Model):
    """The name of an official form: คร.1."""

    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.CASCADE, related_name="forms"
    )
    code = models.CharField(_("code"), max_length=20)
    name_th = models.CharField(_("name in Thai"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    history = record_history()

    name = Translated()

    class Meta:
        verbose_name = _("form")
        verbose_name_plural = _("forms")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Question(models.Model):
    """A question people often ask about a service."""

    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.CASCADE, related_name="questions"
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    question_th = models.CharField(_("question in Thai"), max_length=200)
    question_en = models.CharField(_("question in English"), max_length=200)
    answer_th = models.TextField(_("answer in Thai"))
    answer_en = models.TextField(_("answer in English"))
    history = record_history()

    question = Translated()
    answer = Translated()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["order"]

    def __str__(self) -> str:
        return self.question
