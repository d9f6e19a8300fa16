"""Every message of a copy request in both languages: whole sentences, no code, no kind of record
in the subject."""

import pytest

from core.workflow import CITIZEN
from notifications import services as notifications
from notifications.models import Message
from registry_requests import links, services
from registry_requests.messages import KINDS, CopyMessages
from registry_requests.models import CopyRequest
from tests.factories import NOW, at, make_slot, make_staff
from tests.registry_requests.conftest import BACK, approved, enquire


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_it_reads_whole(offered, slot, head, kind, language):
    if kind == "copy_answered":
        request = enquire(offered)
        services.take(request=request, by=head, now=NOW)
        visit = at(2026, 12, 1, 10)
        services.answer(request=request, text="ได้", by=head, now=NOW, visit_at=visit)
    else:
        request = approved(offered, slot, head)
    CopyRequest.objects.update(language=language, asked_for="รหัสใบล่าสุด", documents_due_at=NOW)
    message = Message.objects.filter(source="copy_request").first()
    message.kind, message.language, message.context = kind, language, {"reason": "ทดสอบ"}

    rendered = notifications.preview(message, now=NOW)

    whole = f"{rendered.subject} {rendered.text} {rendered.html}"
    assert request.reference in rendered.text
    assert "{" not in rendered.text
    assert "None" not in whole
    assert BACK not in whole
    assert request.get_kind_display() not in rendered.subject
    assert ("Dear" in rendered.text) == (language == "en")


def test_a_message_read_after_the_collection_names_its_place_and_time(offered, elsewhere, head):
    request = approved(elsewhere, make_slot(elsewhere), head, office=offered.office)
    told = Message.objects.get(kind="copy_approved")
    before = notifications.preview(told, now=NOW).subject
    by = make_staff(office=elsewhere.office)
    services.mark_ready(request=request, by=by, now=NOW)
    services.mark_paid(request=request, receipt_no="1", by=by, now=NOW)
    services.hand_out(request=request, to="สุดา", identity_seen=True, by=by, now=NOW)

    assert notifications.preview(told, now=NOW).subject == before
    ready = notifications.preview(Message.objects.get(kind="copy_ready"), now=NOW)
    assert "บางแค" in ready.subject


def test_what_is_no_longer_true_is_not_sent(offered, slot, head):
    request = approved(offered, slot, head)
    told = Message.objects.get(kind="copy_approved")
    assert CopyMessages().is_wanted(told, NOW)

    services.cancel(request=request, by=CITIZEN, now=NOW)

    assert not CopyMessages().is_wanted(told, NOW)


LONGEST_DISTRICT = "ป้อมปราบศัตรูพ่าย"


# Only on the page: the person has just sent the answer.
NOT_BY_SMS = {"copy_reply_received"}


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - NOT_BY_SMS))
def test_by_sms_it_is_one_part_with_its_short_link(offered, slot, head, kind, settings):
    """70 UTF-16 units in Thai, 160 characters in English."""
    settings.SHORT_URL = "nk.th"
    request = approved(offered, slot, head, copies=10)
    type(offered.office).objects.update(name_th=LONGEST_DISTRICT)
    CopyRequest.objects.update(documents_due_at=NOW, due_at=NOW, asked_for="รหัส", answer="ได้")
    message = Message.objects.filter(source="copy_request").first()
    message.kind, message.context = kind, {"reason": "ทดสอบ"}

    texts = {}
    for language, longest in (("th", 70), ("en", 160)):
        message.language = language
        texts[language] = text = notifications.preview(message, now=NOW).sms
        a_million = 20 - len(links.short_link(request))
        assert len(text.encode("utf-16-le")) // 2 + a_million <= longest
        assert text.endswith(links.short_link(request))
        assert request.get_kind_display() not in text
        assert request.full_name not in text
    assert texts["en"].isascii()
