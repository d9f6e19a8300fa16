"""Closing a part of a day in three steps (ADR 16): what closes, each appointment hit,
announced. Each press is one verb of `bookings.services`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.staff import StaffRequest
from bookings import services
from bookings.admin.closing_forms import ClosingForm, DecisionForm, KeepForm
from bookings.admin.closing_messages import examples
from bookings.admin.closing_page import announced_context, draft_context, is_told
from bookings.models import CHANGES, Choice, Closing, ClosingDecision
from bookings.workflow import ClosingStatus
from core.admin import site
from core.errors import Refused
from core.text import as_key

PERMISSION = "bookings.announce_closing"
DRAFTS = 10
View = Callable[..., HttpResponse]


def of_one(view: View) -> View:
    """A page of one closing of this person's office, for those who may close there."""

    @wraps(view)
    def checked(request: StaffRequest, pk: int, **kwargs: Any) -> HttpResponse:
        closing = get_object_or_404(Closing.objects.for_staff(request.user).shown(), pk=pk)
        if not request.user.has_office_permission(PERMISSION, closing.office_id):
            raise PermissionDenied
        return view(request, closing, **kwargs)

    return checked


@require_GET
def index(request: StaffRequest) -> HttpResponse:
    """The closings that are prepared or lie ahead."""
    _check_may(request)
    rows = Closing.objects.for_staff(request.user).exclude(status=ClosingStatus.DROPPED)
    at_work = Q(part__in=CHANGES) & ~Q(status=ClosingStatus.DONE)
    ahead = rows.filter(Q(date__gte=timezone.localdate()) | at_work).shown()
    context = {"title": _("Closing a part of a day"), "closings": list(ahead)}
    return _page(request, "list", context)


@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Step 1. Going on stops new bookings."""
    _check_may(request)
    form = ClosingForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            closing = services.plan(
                office=data["office"],
                day=data["date"],
                part=data["part"],
                starts=data["starts"],
                ends=data["ends"],
                services=list(data["services"]),
                reason_th=data["reason_th"],
                reason_en=data["reason_en"],
                by=request.user,
                now=timezone.now(),
            )
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            return redirect("admin:closing", closing.pk)
    context = {"title": _("Close a part of a day"), "form": form, "step": 1}
    return _page(request, "new", context, status=422 if form.errors else 200)


@require_GET
@of_one
def one(request: StaffRequest, closing: Closing) -> HttpResponse:
    """Step 2 while it is a draft, step 3 after."""
    return _one(request, closing)


@require_GET
@of_one
def letters(request: StaffRequest, closing: Closing) -> HttpResponse:
    """The messages that announcing the draft would send."""
    if not closing.is_draft:
        return redirect("admin:closing", closing.pk)
    context = {
        "title": _("Messages that would be sent"),
        "closing": closing,
        "examples": examples(closing, now=timezone.now()),
        "kept": sum(1 for one in closing.decisions.all() if not is_told(one)),
    }
    return _page(request, "letters", context)


@require_POST
@of_one
def decide(request: StaffRequest, closing: Closing) -> HttpResponse:
    """What becomes of one appointment."""
    rows = closing.decisions.select_related("booking__offered", "proposed", "slot")
    decision = rows.filter(pk=as_key(request.POST.get("decision", ""))).first()
    if decision is None:
        return _one(request, closing, problem=_("This appointment is no longer on the list."))
    now = timezone.now()
    form = DecisionForm(request.POST, decision=decision, now=now)
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.decide(
                decision=decision,
                choice=Choice(data["choice"]),
                slot=data["slot"],
                place=data["place"],
                responsible=data["responsible"],
                by=request.user,
                now=now,
            )
        except Refused as error:
            form.add_error(None, error.message)
    if form.errors:
        return _one(request, closing, decision=decision, form=form)
    return redirect("admin:closing", closing.pk)


@require_POST
@of_one
def decide_all(request: StaffRequest, closing: Closing) -> HttpResponse:
    wanted = request.POST.get("choice", "")
    choice = Choice(wanted) if wanted in (Choice.CANCEL, Choice.KEEP) else Choice.MOVE
    facts: dict[str, Any] = {"closing": closing, "by": request.user, "now": timezone.now()}
    form = KeepForm(request.POST)

    def verb() -> None:
        if choice == Choice.KEEP:
            if not form.is_valid():
                raise Refused(str(next(iter(form.errors.values()))[0]), code="place")
            number = services.keep_all(**facts, **form.cleaned_data)
        else:
            number = services.decide_all(**facts, choice=choice)
        said = {
            Choice.MOVE: _("%(n)s are to be moved as proposed."),
            Choice.CANCEL: _("%(n)s are to be cancelled."),
            Choice.KEEP: _("%(n)s are to be kept."),
        }
        messages.success(request, said[choice] % {"n": number})

    return _do(request, closing, verb, keep_all=form if choice == Choice.KEEP else None)


@require_POST
@of_one
def open_again(request: StaffRequest, closing: Closing) -> HttpResponse:
    def verb() -> None:
        services.open_again(closing=closing, by=request.user, now=timezone.now())

    return _do(request, closing, verb)


@require_POST
@of_one
def drop(request: StaffRequest, closing: Closing) -> HttpResponse:
    def verb() -> None:
        services.drop(closing=closing, by=request.user, now=timezone.now())
        messages.success(request, _("The draft is thrown away; its times are open again."))

    return _do(request, closing, verb)


@require_POST
@of_one
def announce(request: StaffRequest, closing: Closing) -> HttpResponse:
    """Announce, and carry out at once; a worker goes on where this request is cut."""
    version = request.POST.get("version", "")

    def verb() -> None:
        now = timezone.now()
        announced = services.announce(
            closing=closing,
            by=request.user,
            now=now,
            version=as_key(version),
        )
        number = services.carry_out(closing=announced, now=now)
        said = _("Closed and announced. %(n)s appointments are done.")
        if closing.is_change:
            said = _("In force and announced. %(n)s appointments are done.")
        messages.success(request, said % {"n": number})

    return _do(request, closing, verb)


def _do(
    request: StaffRequest,
    closing: Closing,
    verb: Callable[[], None],
    *,
    keep_all: KeepForm | None = None,
) -> HttpResponse:
    try:
        verb()
    except Refused as error:
        return _one(request, closing, problem=error.message, keep_all=keep_all)
    if Closing.objects.filter(pk=closing.pk, status=ClosingStatus.DROPPED).exists():
        return redirect("admin:closings")
    return redirect("admin:closing", closing.pk)


def _one(
    request: StaffRequest,
    closing: Closing,
    *,
    problem: str = "",
    decision: ClosingDecision | None = None,
    form: Form | None = None,
    keep_all: KeepForm | None = None,
) -> HttpResponse:
    """The page, again with what was refused and what was typed (422)."""
    closing = Closing.objects.shown().get(pk=closing.pk)
    now = timezone.now()
    if closing.status == ClosingStatus.DROPPED:
        raise Http404
    if closing.is_draft:
        context = draft_context(closing, now=now, refused=decision, form=form)
        context["keep_all"] = keep_all or KeepForm()
    else:
        context = announced_context(closing)
    status = 422 if problem or form else 200
    template = "draft" if closing.is_draft else "announced"
    return _page(request, template, {**context, "problem": problem}, status=status)


def _page(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {**site.each_context(request), **context}
    return TemplateResponse(request, f"admin/closing/{name}.html", context, status=status)


def home(request: StaffRequest) -> dict[str, Any]:
    """Drafts that wait for somebody to go on with them. Two queries for those who may."""
    if not request.user.has_perm(PERMISSION):
        return {}
    drafts = Closing.objects.for_staff(request.user).filter(status="draft")
    return {"drafts": list(drafts.shown()[:DRAFTS])}


def _check_may(request: StaffRequest) -> None:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied


def _address(route: str, view: Any, name: str) -> Any:
    return path(f"closing/{route}", site.admin_view(view), name=name)


pages = [
    _address("", index, "closings"),
    _address("new/", new, "closing_new"),
    _address("<int:pk>/", one, "closing"),
    _address("<int:pk>/messages/", letters, "closing_messages"),
    _address("<int:pk>/decide/", decide, "closing_decide"),
    _address("<int:pk>/all/", decide_all, "closing_decide_all"),
    _address("<int:pk>/open/", open_again, "closing_open"),
    _address("<int:pk>/announce/", announce, "closing_announce"),
    _address("<int:pk>/drop/", drop, "closing_drop"),
]
