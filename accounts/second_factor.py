"""Setting up and asking the second factor of staff: a code of an authenticator app, or a recovery
code. allauth checks the codes (no reuse, a limit on guesses); the session remembers the proof."""

import base64

import segno
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP, clear_totp_secret
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import personal

PROOF = "second_factor_of"
SEALED_FOR = "second factor"


class SealingAdapter(DefaultMFAAdapter):
    """Secrets of the authenticator apps lie sealed in the database, under FIELD_KEYS."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(personal.seal(text, context=SEALED_FOR)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return personal.unseal(base64.b64decode(encrypted_text), context=SEALED_FOR)


def is_proved(request: HttpRequest) -> bool:
    """Whether this very session has shown the second factor of this very person."""
    return bool(request.session.get(PROOF) == request.user.pk)


@never_cache
@sensitive_post_parameters("code")
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a code; those who have no second factor yet set one up first."""
    if not _is_staff(request):
        return redirect("admin:login")
    if not _has_factor(request):
        return redirect("admin:second_factor_set_up")
    form = AuthenticateForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        _prove(request)
        return redirect(_next(request))
    return _page(request, "verify", form=form, title=_("One more step"))


@never_cache
@sensitive_post_parameters("code")
def set_up(request: HttpRequest) -> HttpResponse:
    """Show the QR code for the authenticator app and take its first code."""
    if not _is_staff(request):
        return redirect("admin:login")
    if _has_factor(request):
        return redirect("admin:second_factor")
    form = ActivateTOTPForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            TOTP.activate(request.user, form.secret)
            RecoveryCodes.activate(request.user)
        clear_totp_secret(request)
        _prove(request)
        messages.success(request, _("The second factor is set up."))
        return redirect("admin:second_factor_codes")
    qr = segno.make(get_adapter().build_totp_url(request.user, form.secret))
    return _page(
        request,
        "set_up",
        form=form,
        title=_("Set up the second factor"),
        qr=qr.svg_data_uri(scale=5, border=2),
        secret=" ".join(form.secret[i : i + 4] for i in range(0, len(form.secret), 4)),
    )


@never_cache
def codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes, shown once after setting up."""
    if not _is_staff(request) or not is_proved(request):
        return redirect("admin:second_factor")
    codes_of = Authenticator.objects.filter(
        user=request.user, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    if codes_of is None or RecoveryCodes(codes_of).did_view:
        return redirect("admin:index")
    recovery = RecoveryCodes(codes_of)
    recovery.mark_as_viewed()
    unused = recovery.get_unused_codes()
    return _page(request, "codes", title=_("Recovery codes"), codes=unused)


def _is_staff(request: HttpRequest) -> bool:
    return admin.site.has_permission(request)


def _has_factor(request: HttpRequest) -> bool:
    return get_adapter().is_mfa_enabled(request.user, [Authenticator.Type.TOTP])


def _prove(request: HttpRequest) -> None:
    """A session stolen before the proof is worth nothing after it."""
    request.session[PROOF] = request.user.pk
    request.session.cycle_key()


def _next(request: HttpRequest) -> str:
    address = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()):
        return address
    return "admin:index"


def _page(request: HttpRequest, name: str, **context: object) -> HttpResponse:
    form = context.get("form")
    status = 422 if getattr(form, "errors", None) else 200
    template = f"admin/second_factor/{name}.html"
    return TemplateResponse(
        request, template, {"site_title": admin.site.site_title, **context}, status=status
    )
