"""The office's chat in a browser, on a demonstration: a newcomer plays the citizen, and LINE's
servers are the stand-in. Works without a script; with one, what comes by itself shows up."""

import secrets
import time

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from line_channel import drawing
from line_channel.richmenu import AREAS
from line_channel.stub import client
from offices.models import Office

COOKIE = "nk_demo_line"
SALT = "nadkhet.demo_line"
DAYS = 30
LONGEST_TEXT = 1_000
# An answer comes with the next sweep.
PATIENCE_SECONDS, LOOK_SECONDS = 6.0, 0.2


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def chat(request: HttpRequest) -> HttpResponse:
    """GET shows the chat (`?after=N`: only when it has grown, else 204), POST says or presses."""
    _only_on_a_demo()
    user = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=DAYS * 86_400) or ""
    try:
        if request.method == "POST":
            user = user or f"U{secrets.token_hex(16)}"
            _act(request, user)
            return _remember(redirect("line:demo"), user)
        lines = client.chat(user) if user else []
    except client.Away:
        return render(request, "line/demo_away.html", status=503)
    if request.GET.get("after") == str(len(lines)):
        return HttpResponse(status=204)
    context = {
        "bubbles": drawing.bubbles(lines),
        "quick": drawing.quick_replies(lines),
        "count": len(lines),
        "areas": AREAS,
        "office": Office.objects.get(slug=settings.LINE_OFFICE),
    }
    template = "line/_chat.html" if "after" in request.GET else "line/demo.html"
    return render(request, template, context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def dialog(request: HttpRequest) -> HttpResponse:
    """What LINE asks before it links an account; stands at LINE_ACCOUNT_LINK_URL."""
    _only_on_a_demo()
    words = {name: request.GET.get(name, "") for name in ("linkToken", "nonce")}
    try:
        if request.method != "POST":
            return render(request, "line/demo_dialog.html", words)
        if not client.agree(words["linkToken"], words["nonce"]):
            return render(request, "line/demo_dialog.html", {"is_over": True}, status=410)
    except client.Away:
        return render(request, "line/demo_away.html", status=503)
    user = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=DAYS * 86_400)
    if user:
        _wait_for_answer(user, len(client.chat(user)))
    return redirect("line:demo")


def _act(request: HttpRequest, user: str) -> None:
    """Send what was typed or pressed, and wait for the answer a moment. Raises client.Away."""
    before = len(client.chat(user))
    sent = request.POST
    if text := sent.get("text", "").strip()[:LONGEST_TEXT]:
        client.say(user, text)
        before += 1
    elif data := sent.get("data", "")[:300]:
        client.do(user, "postback", postback={"data": data})
    elif message := sent.get("unsend", "")[:64]:
        client.do(user, "unsend", unsend={"messageId": message})
        return
    elif not before:
        client.do(user, "follow", follow={"isUnblocked": False})
    _wait_for_answer(user, before)


def _wait_for_answer(user: str, before: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(client.chat(user)) <= before and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)


def _remember(response: HttpResponseRedirect, user: str) -> HttpResponse:
    response.set_signed_cookie(
        COOKIE,
        user,
        salt=SALT,
        max_age=DAYS * 86_400,
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )
    response["Location"] += "#last"
    return response


def _only_on_a_demo() -> None:
    if not client.is_here():
        raise Http404
