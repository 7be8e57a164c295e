"""The Content-Security-Policy in a real browser: no page of the desk needs what it forbids, and it does forbid."""

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from social_queue.access import keys
from social_queue.alerts import ledger
from social_queue.models import CaptionTemplate, CooldownRule, FailedLogIn, WebhookLog, WebhookSource
from social_queue.webhooks import signing_secrets
from tests import factories
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
_LISTEN = """
document.addEventListener("securitypolicyviolation", (event) =>
  window.violated(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@pytest.fixture
def violations(desk):
    """Every violation that the browser reports from here on."""
    found = []
    desk.expose_function("violated", lambda what: found.append(what))
    desk.add_init_script(_LISTEN)
    desk.reload()
    return found


@pytest.fixture
def rows(media_root):
    """Something in every table."""
    now = timezone.now()
    account = factories.make_account("facebook", slug="fb-page")
    post = factories.make_post(account=account, status="failed", attempts_made=1, error="Too small.")
    factories.make_post(factories.make_item(title="Undecided"), account, status="unknown", attempts_made=1)
    factories.make_attempt(post)
    ledger.raise_for_post("rejected", post, reason="Too small.", now=now)
    keys.issue("generator", ["read"])
    source = WebhookSource(slug="shop")
    signing_secrets.begin(source)
    source.save()
    WebhookLog.objects.create(received_at=now, source="shop", delivery_id="d1", body=b"{}")
    CaptionTemplate.objects.create(platform="telegram", variant="B", body="{{ title }}")
    CooldownRule.objects.create()
    FailedLogIn.objects.create(username="anna", ip_address="198.51.100.7", locked_out=True)


def every_page():
    """Of each table the list, the form for a new row and that of an old one; and the pages that belong to none."""
    yield from ("/admin/", "/admin/me/", "/admin/me/second-factor/", "/admin/password_change/", "/admin/metrics/")
    yield from ("/admin/metrics/clicktotal/reports/", "/admin/nowhere/", "/api/docs/")
    for model, page in admin.site._registry.items():
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{base}_changelist")
        if type(page).has_add_permission is admin.ModelAdmin.has_add_permission:
            yield reverse(f"{base}_add")
        for row in model.objects.all()[:2]:
            yield reverse(f"{base}_change", args=[row.pk])
            yield reverse(f"{base}_history", args=[row.pk])


def test_no_page_needs_what_the_policy_forbids(desk, rows, violations):
    visited = [(path, desk.goto(path).status) for path in every_page()]
    assert len(visited) > 40 and {status for _path, status in visited} <= {200, 404}, visited
    desk.context.clear_cookies()
    desk.goto("/admin/login/")
    assert violations == []


def test_a_script_that_got_into_a_page_does_not_run(desk, violations):
    desk.goto("/admin/")
    desk.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=nowhere onerror=\"document.title = `taken`\">')"
    )
    until(lambda: desk.title() == "taken" or violations, "the policy forbids it")
    assert desk.title() != "taken" and any(found.startswith("script-src") for found in violations)


def test_the_buttons_that_ask_first_still_ask(desk, violations):
    post = factories.make_post(account=factories.make_account("telegram"), status="unknown", attempts_made=1)
    answers = iter((False, True))
    asked = []

    def answer(dialog):
        asked.append(dialog.message)
        dialog.accept() if next(answers) else dialog.dismiss()

    desk.on("dialog", answer)
    desk.goto(f"/admin/queue/post/{post.pk}/change/")
    desk.get_by_role("button", name="It is not there, send it").click()
    post.refresh_from_db()
    assert post.status == "unknown" and len(asked) == 1
    desk.get_by_role("button", name="It is not there, send it").click()
    desk.get_by_text("done.").wait_for()
    assert len(asked) == 2 and violations == []


def test_a_secret_is_copied_by_its_button(desk, violations):
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto("/admin/queue/apikey/add/")
    desk.fill("#id_name", "generator")
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_role("button", name="Copy").click()
    copied = desk.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("ap_") and copied == desk.locator("#ap-secret").inner_text() and violations == []
