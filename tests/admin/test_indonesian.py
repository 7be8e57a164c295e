"""An editor who reads Indonesian: what the desk says is Indonesian, what it stores is English."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone, translation

from metrics.experiments.verdict import Report, VariantResult
from social_queue.admin.people.page import named
from social_queue.models import Alert, Attempt, CaptionTemplate, PostStatus, QueueItem, WebhookLog, WebhookSource
from social_queue.webhooks import signing_secrets
from tests import factories

pytestmark = pytest.mark.django_db
ADD = "/admin/queue/queueitem/add/"


@pytest.fixture
def meja(desk):
    """The desk as an Indonesian browser asks for it."""
    desk.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "id"
    yield desk
    translation.deactivate()


def test_wrong_fields_are_named_in_indonesian(meja, facebook_account):
    typed = {"title": "x" * 301, "link": "nonsense", "image_url": "https://a b", "expires_at_0": "2020-01-01"}
    page = meja.text(meja.client.post(ADD, typed | {"expires_at_1": "10:00", "utm_campaign": "\x07"}))
    assert "Paling banyak 300 karakter, bukan 301." in page
    assert "Harus berupa alamat lengkap yang diawali http:// atau https://." in page
    assert "Tidak boleh memuat spasi, pindah baris, atau karakter kendali." in page
    assert "must" not in page


def test_faults_of_a_form_are_announced_in_right_indonesian(meja):
    page = meja.text(meja.client.post("/admin/queue/cooldownrule/add/", {}))
    assert "Harap perbaiki kesalahan di bawah." in page and "dibawah" not in page


def test_a_caption_that_does_not_fit_is_refused_in_indonesian(meja, twitter_account):
    post = factories.make_post(factories.make_item(title="J" * 290), twitter_account)
    page = meja.page(post)
    assert "Judul dan tautan saja sudah memakan" in page and "Title and link" not in page
    told = meja.client.post(f"/admin/queue/post/{post.pk}/change/", {"caption": "k" * 999})
    assert "Caption yang ditulis ulang memakan 999 karakter di X (Twitter)" in meja.text(told)


def test_how_an_item_reads_is_judged_in_indonesian(meja, twitter_account):
    item = factories.make_item(twitter_account, title="J" * 290)
    assert "Judul dan tautan saja sudah memakan" in meja.page(item)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{{ title }}\n{{ link", "Baris 2: {{ berdiri sendiri; tag harus dibuka dan ditutup di satu baris."),
        ("{% joined %}x{% endjoined %}", "joined memerlukan satu teks pendek dalam tanda kutip"),
    ],
)
def test_a_fault_of_a_template_is_said_in_indonesian(meja, body, said):
    typed = {"platform": "telegram", "variant": "A", "body": body}
    assert said in meja.text(meja.client.post("/admin/queue/captiontemplate/add/", typed))
    assert not CaptionTemplate.objects.exists()


def test_faults_of_a_field_map_and_of_a_tried_body_are_said_in_indonesian(meja, facebook_account):
    source = {"slug": "toko", "scheme": "standard", "header": "X-Hub-Signature-256"}
    page = meja.text(meja.client.post("/admin/queue/webhooksource/add/", source | {"field_map": '{"titel": "a"}'}))
    assert "titel tidak dikenal; maksud Anda title?" in page and "link belum ada:" in page
    tried = {"field_map": '{"title": "a.b", "link": "c"}', "sample": "{}"}
    page = meja.text(meja.client.post("/admin/queue/webhooksource/trial/", tried))
    assert "wajib diisi. Letaknya di pemetaan bidang: “a.b”." in page


def test_a_stored_error_stays_english_below_its_kind_in_indonesian(meja, facebook_account):
    told = {"error_kind": Attempt.Outcome.REJECTED, "error": "(#100) The picture is too small."}
    post = factories.make_post(account=facebook_account, status=PostStatus.FAILED, attempts_made=1, **told)
    page = meja.page(post)
    assert "Tidak bisa terbit seperti ini. (#100) The picture is too small." in page
    assert "ditolak: (#100)" in meja.list("post") and "ditolak: (#100)" in meja.page(post.item)
    assert 'lang="en">(#100)' in meja.client.get(f"/admin/queue/post/{post.pk}/change/").content.decode()


def test_every_kind_of_trouble_has_its_sentence(meja, facebook_account):
    no_trouble = {"published", "recalled", "corrected"}
    for kind in (*Attempt.Outcome.values, "too_late"):
        post = factories.make_post(account=facebook_account, status=PostStatus.FAILED, error_kind=kind, error="Detail.")
        assert ("Yang terjadi: Detail." in meja.page(post)) == (kind in no_trouble), kind


@pytest.mark.parametrize("kind", Alert.Kind.values)
def test_an_alert_says_what_to_do(meja, kind):
    alert = Alert.objects.create(kind=kind, text="It broke.\nPress.", raised_at=timezone.now(), open_key=kind)
    with translation.override("id"):
        label = alert.get_kind_display()
    assert f"{label} It broke." in meja.list("alert")
    page = meja.page(alert)
    assert "It broke." in page and "Yang perlu dilakukan" in page and "Yang perlu dilakukan -" not in page


def test_a_replay_that_fails_is_told_in_indonesian_and_kept_in_english(meja, facebook_account):
    source = WebhookSource(slug="toko")
    signing_secrets.begin(source)
    source.save()
    row = WebhookLog.objects.create(
        received_at=timezone.now(), source="toko", delivery_id="d1", body=b'{"title": 7}', signature_ok=True
    )
    assert "Bidang berikut tidak bisa dipakai: title, link." in meja.press(row, "replay")
    row.refresh_from_db()
    assert row.detail.startswith("These fields can't be used: title, link. title must be text, not a number.")
    assert row.answer["error"]["fields"]["link"] == ["is required."]
    assert "must be text" in Alert.objects.get().text
    assert "Tidak ada konten yang bisa dibuat darinya." in meja.page(row)


def test_an_alert_raised_by_an_indonesian_editor_is_kept_in_english(meja, account_factory, sandbox):
    account = account_factory("facebook", token_expires_at=timezone.now() + timedelta(hours=5, minutes=1))
    meja.press(account, "check")
    account.refresh_from_db()
    alert = Alert.objects.filter(kind=Alert.Kind.TOKEN_EXPIRING).first()
    assert alert is not None and "5\u00a0hours" in alert.text


def test_an_item_that_has_gone_is_refused_in_indonesian(meja, facebook_account):
    post = factories.make_post(account=facebook_account, attempts_made=1)
    typed = {"title": "Lain", "link": "https://example.com/x", "publish_at_0": "", "publish_at_1": ""}
    typed |= {"posts-TOTAL_FORMS": "0", "posts-INITIAL_FORMS": "0"}
    answer = meja.client.post(f"/admin/queue/queueitem/{post.item_id}/change/", typed, follow=True)
    assert "Sebagian sudah telanjur terbit" in meja.text(answer)
    assert QueueItem.objects.get().title != "Lain"


def test_a_verdict_and_its_numbers_are_indonesian():
    line = VariantResult(5, 5, 1.0, None, None)
    report = Report({"A": line, "B": line}, "leading", "A", certainty=0.8, more_posts=12_340)
    with translation.override("id"):
        said = report.sentence(translation.gettext, number=lambda count: f"{count:,}".replace(",", "."))
    assert said == "A unggul (keyakinan 80%); perlu sekitar 12.400 postingan lagi agar pasti."


def test_permissions_are_named_in_indonesian_and_only_those_of_our_pages():
    with translation.override("id"):
        assert named(Permission.objects.get(codename="change_post")) == "postingan: boleh mengubah"


def test_who_may_what_is_chosen_in_indonesian(meja):
    page = meja.text(meja.client.get("/admin/auth/group/add/"))
    assert "peringatan: boleh melihat" in page and "Can " not in page
    assert "percobaan masuk gagal: boleh melihat" in page
    assert "heartbeats" not in page and "locks" not in page and "platform states" not in page
