"""What a machine made is told to readers: by the platform's own flag, or in a line that counts for the length."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

import connectors
from autopost_site import casts
from social_queue import approvals
from social_queue.delivery import dispatch
from social_queue.models import LabelLine, Post, QueueItem
from social_queue.operations import previews
from social_queue.operations.correcting import asking, judging
from social_queue.wording import labels
from social_queue.wording.templates import finding
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
MADE = {"generated": True, "tool": "our writer"}
FLAGGED, WITH_A_LINE = ("instagram", "twitter"), ("facebook", "telegram")


def out(platform, sandbox, *, ai=MADE, **account):
    """The post of an item on the wall."""
    item = factories.make_item(publish_at=timezone.now(), ai=ai)
    factories.make_post(item, factories.make_account(platform, **account))
    assert dispatch.drain(clock=timezone.now) == {"published": 1}
    return sandbox.wall[-1]


@pytest.mark.parametrize("platform", FLAGGED)
def test_a_platform_s_own_flag_is_sent_and_no_line(platform, sandbox, media_root):
    posting = out(platform, sandbox)
    assert posting.ai and "Made with AI" not in posting.text


@pytest.mark.parametrize("platform", WITH_A_LINE)
def test_where_there_is_no_flag_a_line_stands_below_the_text(platform, sandbox, media_root):
    posting = out(platform, sandbox)
    assert not posting.ai and posting.text.endswith("\n\nMade with AI")


@pytest.mark.parametrize("platform", WITH_A_LINE)
def test_an_account_can_do_without_the_line(platform, sandbox, media_root):
    assert "Made with AI" not in out(platform, sandbox, options={"ai_line": False}).text


@pytest.mark.parametrize("platform", [*FLAGGED, *WITH_A_LINE])
@pytest.mark.parametrize("ai", [None, {"generated": False}])
def test_what_nobody_declared_made_has_no_label(platform, ai, sandbox, media_root):
    posting = out(platform, sandbox, ai=ai)
    assert not posting.ai and "Made with AI" not in posting.text


def test_a_site_labels_what_declares_nothing_and_a_declaration_counts_before_it(settings):
    settings.AI_LABEL = "always"
    assert labels.is_made(QueueItem()) and not labels.is_made(QueueItem(ai={"generated": False}))


def test_the_line_counts_and_the_summary_makes_room_for_it(settings):
    settings.AI_LINE = {"": "Made with <AI> & care"}
    account = factories.make_account("telegram")
    item = factories.make_item(account, ai=MADE, summary="word " * 900)
    [row] = previews.of_item(item)
    assert row["caption"].endswith("Made with &lt;AI&gt; &amp; care") and row["length"] <= row["limit"]
    assert (row["ai_label"], [one["code"] for one in row["problems"]]) == ("line", ["shortened"])


LINES = {
    "en": "Made with AI",
    "id": "Dibuat dengan AI",
    "pt-br": "Feito com IA",
    "pt": "Feito com inteligência artificial",
}


@pytest.mark.parametrize(
    ("item", "account", "line"),
    [("", "", "Made with AI"), ("", "id", LINES["id"]), ("id", "en", LINES["id"]), ("id-ID", "", LINES["id"]),
     ("pt_BR", "", LINES["pt-br"]), ("pt-PT", "", LINES["pt"]), ("xx", "id", LINES["id"]), ("xx", "th", "Made with AI"),
     (7, "id", LINES["id"]), (None, "", "Made with AI")],
)  # fmt: skip
def test_the_line_is_in_the_language_of_the_item_else_of_the_account_else_the_first(settings, item, account, line):
    settings.AI_LINE = LINES
    options = {"language": account} if account else {}
    made = QueueItem(ai=MADE, meta={"language": item} if item != "" else {})
    assert labels.line(made, connectors.get("facebook"), options) == line


@pytest.mark.parametrize(("language", "line"), [("", "Made by us"), ("en-GB", "Made by us"), ("id", LINES["id"])])
def test_an_editor_s_line_goes_before_the_setting_s_and_keeps_its_place(settings, language, line):
    settings.AI_LINE = LINES
    LabelLine.objects.create(language="en", line="Made by us")
    made = QueueItem(ai=MADE, meta={"language": language})
    assert labels.line(made, connectors.get("facebook"), {}) == line


def test_a_language_that_only_an_editor_wrote_in_is_there_and_never_the_first(settings):
    settings.AI_LINE = LINES
    LabelLine.objects.create(language="ar", line="<مصنوع>")
    told = [
        labels.line(QueueItem(ai=MADE, meta={"language": language}), connectors.get("telegram"), {})
        for language in ("ar", "")
    ]
    assert told == ["&lt;مصنوع&gt;", "Made with AI"]


def test_many_previews_ask_for_the_lines_once(django_assert_max_num_queries):
    account, shelf = factories.make_account("facebook"), finding.Shelf()
    with django_assert_max_num_queries(1):
        for _number in range(5):
            assert labels.line(QueueItem(ai=MADE), connectors.get("facebook"), account.options, shelf=shelf)


@pytest.mark.parametrize(
    ("given", "lines"),
    [("Made with AI", {"": "Made with AI"}), ("AI=yes, people=no", {"ai": "yes, people=no"}),
     ("en=Made with AI; id=Dibuat dengan AI;", {"en": "Made with AI", "id": "Dibuat dengan AI"}),
     ("Made by people; and AI", {"": "Made by people; and AI"}), ("pt-BR = Feito com IA", {"pt-br": "Feito com IA"})],
)  # fmt: skip
def test_the_setting_is_one_line_for_all_or_one_for_each_language(given, lines):
    assert casts.by_language(given) == lines


@pytest.mark.parametrize(
    ("given", "why"),
    [("", "it is empty"), (" ; ", "it is empty"), ("en=", "'en=' is not a language and its line"),
     ("en=Made with AI; Dibuat dengan AI", "'Dibuat dengan AI' is not a language and its line"),
     ("en=Made; EN=Again", "the language en stands in it twice"), ("en=" + "x" * 201, "not one line of at most 200"),
     ("en=Made\nwith AI", "not one line of at most 200")],
)  # fmt: skip
def test_what_is_wrong_with_the_setting_is_said_by_its_name(given, why):
    told = start(AI_LINE=given)
    assert "The setting AI_LINE can't be used" in told and why in told


def start(**environment: str) -> str:
    """What a process says that begins with these settings."""
    command = [sys.executable, "-c", "import autopost_site.settings"]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, cwd=ROOT)
    return done.stderr


def test_own_words_get_the_line_too_once():
    account = factories.make_account("facebook", slug="page")
    item = factories.make_item(account, ai=MADE, captions={"page": "Hello {link}"})
    [row] = previews.of_item(item)
    assert row["caption"].endswith("\n\nMade with AI")
    Post.objects.update(caption=row["caption"], caption_edited=True)
    assert next(iter(previews.of_item(item)))["caption"] == row["caption"]


def test_what_was_approved_before_it_could_be_declared_stays_approved():
    item = factories.make_item()
    assert "ai" not in approvals.content(item)
    item.approved_as = approvals.fingerprint(item)
    item.ai = MADE
    assert approvals.is_overtaken(item)


def test_every_connector_declares_how_readers_are_told():
    assert {name: connectors.get(name).ai_label for name in (*FLAGGED, *WITH_A_LINE)} == {
        "instagram": "flag", "twitter": "flag", "facebook": "line", "telegram": "line",
    }  # fmt: skip


@pytest.mark.parametrize("platform", WITH_A_LINE)
def test_a_correction_carries_the_line_that_holds_by_now_and_no_other(platform, sandbox, media_root):
    out(platform, sandbox)
    LabelLine.objects.create(language="en", line="Written & read by <us>")
    post = Post.objects.get()
    assert judging.judge(post, "New words. {link}\n\nMade with AI").text.count("AI") == 0
    judged = judging.judge(post, post.caption)
    asking.correct(post, judged.text, asker=asking.Asker("ann"), now=timezone.now() - timedelta(minutes=1))
    assert dispatch.drain(clock=timezone.now) == {"corrected": 1}
    assert sandbox.wall[-1].text.endswith("\n\nWritten & read by <us>") and "Made with AI" not in sandbox.wall[-1].text


def test_what_a_person_wrote_at_the_end_stays_where_it_is_no_line_of_ours(sandbox, media_root):
    out("facebook", sandbox, ai=None)
    assert judging.judge(Post.objects.get(), "New words.\n\nMade with AI").text == "New words.\n\nMade with AI"
    Post.objects.all().delete()
    out("facebook", sandbox)
    made = Post.objects.get()
    assert judging.judge(made, "Made with AI").text == "Made with AI"
    assert judging.judge(made, "New words.\n\nMade with care").text == "New words.\n\nMade with care\n\nMade with AI"
