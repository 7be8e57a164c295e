"""An editor's wording: what it says that nobody will ever fill, and what its platform would refuse."""

import html
import re

import pytest
from django.contrib.admin.models import LogEntry

import connectors
from social_queue.admin.pieces import looks
from social_queue.admin.wording import template_faults
from social_queue.delivery import dispatch
from social_queue.models import Attempt, CaptionTemplate
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db
ADD = "/admin/queue/captiontemplate/add/"


def _typed(body, platform="telegram", **more):
    return {"platform": platform, "variant": "A", "body": body, "active": "on", **more}


def _told(page) -> str:
    [field] = re.findall(r'<input[^>]*name="told"[^>]*>', page.content.decode())
    return "".join(re.findall(r'value="([^"]*)"', field))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("{{ title }}\n{{ titel }}", "Line 2: There is nothing called titel; did you mean title?"),
        ("{% if sumary %}x{% endif %}", "Line 1: There is nothing called sumary; did you mean summary?"),
        ("{{ title|default:headline }}", "Line 1: There is nothing called headline."),
        ("{{ gmae }}", "There is nothing called gmae; did you mean game?"),
        ("{% for tag in hastags %}{{ tag }}{% endfor %}", "There is nothing called hastags; did you mean hashtags?"),
    ],
)
def test_a_name_that_no_item_has_is_a_fault(desk, body, sentence):
    page = desk.client.post(ADD, _typed(body))
    assert sentence in desk.text(page)
    again = desk.client.post(ADD, _typed(body, told=_told(page)))
    assert sentence in desk.text(again)
    assert not CaptionTemplate.objects.exists()


def test_a_name_in_data_that_no_item_has_is_asked_about_once(desk):
    body = "{{ title }}\n{{ data.gmae }} {{ data.bonus }}"
    page = desk.client.post(ADD, _typed(body))
    text = desk.text(page)
    assert "Line 2: No item of the last month has data.gmae; did you mean data.game?" in text
    assert "Line 2: No item of the last month has data.bonus." in text
    assert "Save again to keep it as it is." in text
    assert not CaptionTemplate.objects.exists()
    assert _told(page) == "data.gmae,data.bonus"
    other = desk.client.post(ADD, _typed("{{ data.third }}", told=_told(page)))
    assert "No item of the last month has data.third." in desk.text(other)
    desk.client.post(ADD, _typed(body, told=_told(page)))
    template = CaptionTemplate.objects.get()
    assert template.body == body
    desk.client.post(looks.address(template), _typed(f"{body}!", told=_told(page)))
    assert LogEntry.objects.first().get_change_message() == "Changed Wording."


def _filled(page) -> dict:
    """What the browser would send of a form: its hidden fields, and of the fields for typing what the page holds."""
    form = page.context["adminform"].form
    return {name: value for name in form.fields if (value := form[name].value()) not in (None, False, "")}


def test_the_second_of_two_editors_sees_both_wordings_and_can_go_on(desk):
    template = CaptionTemplate.objects.create(platform="telegram", variant="A", body="{{ title }}")
    address = f"/admin/queue/captiontemplate/{template.pk}/change/"
    opened = _filled(desk.client.get(address))
    first = {name: value for name, value in opened.items() if name != "active"} | {"body": "{{ title }}\nFirst"}
    desk.client.post(address, first)
    answer = desk.client.post(address, opened | {"body": "{{ title }}\nSecond"})
    template.refresh_from_db()
    assert answer.status_code == 409 and (template.body, template.active) == ("{{ title }}\nFirst", False)
    page = answer.content.decode()
    assert "{{ title }}\nFirst" in page and "{{ title }}\nSecond" in page and "editor has saved this" in page
    assert re.findall(r'data-saved="(\w+)">(\w*)', page) == [("body", ""), ("active", "no")]
    fields = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', page)
    desk.client.post(address, {name: html.unescape(value) for name, value in fields})
    template.refresh_from_db()
    assert (template.body, template.active) == ("{{ title }}\nSecond", False)


def test_a_wording_that_was_left_alone_is_not_mine_however_the_browser_ends_its_lines(desk):
    template = CaptionTemplate.objects.create(platform="telegram", variant="A", body="{{ title }}\nOld")
    opened = _filled(desk.client.get(looks.address(template)))
    desk.client.post(looks.address(template), opened | {"body": "{{ title }}\r\nFirst"})
    second = {name: value for name, value in opened.items() if name != "active"} | {"body": "{{ title }}\r\nOld"}
    page = desk.client.post(looks.address(template), second).content.decode()
    assert "you did not change it" in page
    fields = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', page)
    desk.client.post(looks.address(template), {name: html.unescape(value) for name, value in fields})
    template.refresh_from_db()
    assert template.body.splitlines()[-1] == "First" and not template.active


@pytest.mark.parametrize("seen", ["", "nonsense", "[]", "7"])
def test_a_wording_without_what_its_form_was_filled_with_is_saved(desk, seen):
    template = CaptionTemplate.objects.create(platform="telegram", variant="A", body="{{ title }}")
    desk.client.post(f"/admin/queue/captiontemplate/{template.pk}/change/", _typed("New {{ title }}", seen=seen))
    template.refresh_from_db()
    assert template.body == "New {{ title }}"


def test_names_that_recent_items_brought_are_known(desk):
    factories.make_item(data={"bonusCode": "X1", "game": "Gates"})
    body = "{% for tag in hashtags %}{{ tag }}{{ forloop.counter }}{% endfor %}{{ bonusCode }}{{ rtp }}"
    body += "{% with a=data.bonusCode %}{{ a }}{% endwith %}{% if data.jam == None %}{{ data.link }}{% endif %}"
    body += "{% cycle 'x' 'y' as turn %}{{ turn }}"
    body += "{% firstof title summary as first %}{{ first }}{% for k, v in data.items %}{{ k }}{{ v }}{% endfor %}"
    desk.client.post(ADD, _typed(body))
    assert CaptionTemplate.objects.get().body == body


def test_tags_that_the_platform_refuses_are_named_with_those_it_takes(desk):
    text = desk.client.post(ADD, _typed("<p>{{ title }}</p>{{ link }}")).content.decode()
    assert "Telegram does not take the tag &lt;p&gt;, only these: &lt;b&gt;, &lt;strong&gt;" in text
    assert not CaptionTemplate.objects.exists()
    for body, sentence in [
        ("{% if data.game %}<br>{% endif %}", "the tag <br>"),
        ("<span>{{ title }}</span>", "the tag <span>"),
        ("<b>{{ title }}", "The tag <b> is never closed."),
        ("1 < 2", "A < stands alone"),
    ]:
        assert sentence in html.unescape(desk.client.post(ADD, _typed(body)).content.decode())


def test_tags_that_it_takes_and_any_tag_elsewhere_are_saved(desk):
    body = "<b>{{ title }}</b> <a href='{{ link }}'>x</a> <span class='tg-spoiler'>s</span>"
    body += '<tg-emoji emoji-id="5">x</tg-emoji>'
    desk.client.post(ADD, _typed(body))
    desk.client.post(ADD, _typed("<p>{{ title }}</p>", platform="facebook"))
    assert CaptionTemplate.objects.count() == 2


def test_the_sample_says_so_too(desk):
    answer = desk.client.post(f"{ADD[:-4]}preview/", {"platform": "telegram", "body": "<p>{{ title }}</p>"})
    assert "does not take the tag &lt;p&gt;" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_row_from_before_is_a_problem_in_the_preview_and_nothing_is_sent(sandbox, telegram_account):
    from social_queue.operations import previews

    CaptionTemplate.objects.create(platform="telegram", body="<p>{{ title }}</p>{{ link }}")
    clock = Clock()
    item = factories.make_item(telegram_account, publish_at=clock())
    [row] = previews.of_item(item)
    assert [problem["code"] for problem in row["problems"]] == ["markup"]
    assert row["caption"].startswith("<p>Gates")

    assert dispatch.drain(clock=clock) == {"rejected": 1}
    post = item.posts.get()
    assert (post.error_kind, post.error) == ("rejected", row["problems"][0]["message"])
    assert post.error.startswith("Telegram does not take the tag <p>, only these: <b>, ")
    assert (Attempt.objects.get(post=post).sent_at, sandbox.calls) == (None, [])


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("<a href={{ link }}>{{ title }}</a>", "Put the values inside <a href=https://example.com/go/"),
        ('<a href="{{ link }}>{{ title }}</a>', "Put the values inside <a href="),
        ('<span class="tg-spoiler big">{{ title }}</span>', 'does not take the tag <span class="tg-spoiler big">'),
        ('{{ title }} <tg-time unix="soon">{{ jam }}</tg-time>', "Invalid date specified."),
    ],
)
def test_a_template_that_the_platform_could_never_read_is_refused(desk, body, sentence):
    page = desk.client.post(ADD, _typed(body))
    assert sentence in html.unescape(desk.text(page))
    assert not CaptionTemplate.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        '{% if link %}<a href="{{ link }}">{{ title }}</a>{% else %}<b>{{ title }}</b>{% endif %}',
        "{% for tag in hashtags %}<i>{{ tag }}</i> {% endfor %}{{ title }}",
        '<a href="{{ data.page }}">{{ title }}</a>',
        '{{ title }} <tg-time unix="{{ data.begins }}" format="{{ data.form }}">{{ jam }}</tg-time>',
        "{{ title }} <tg-time unix={{ data.begins }}>{{ jam }}</tg-time>",
        '<tg-emoji emoji-id="{% if data.face %}{{ data.face|default:"7" }}{% endif %}">x</tg-emoji> {{ title }}',
        "{% if data.begins %}<tg-time unix='{{ data.begins }}'>{{ jam }}</tg-time>{% endif %}{{ title }}",
    ],
)
def test_a_template_whose_values_come_from_data_is_not_refused_for_the_sample_s_lack_of_them(body):
    assert template_faults(body, connectors.get("telegram")) == []
