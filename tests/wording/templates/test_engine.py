"""A caption template words a post, and cannot do anything else."""

import pytest
from django.utils import translation

from social_queue.wording.faults import TemplateFault
from social_queue.wording.templates.engine import _compiled, render, validate
from social_queue.wording.templates.facts import facts
from tests.support.effort import costs_less

GAME = {"game": "Gates of Olympus", "rtp": 97.2, "window": "19:00-21:00", "pattern": ["10x", "20x"], "jam": None}


def worded(body: str, *, markup: str = "plain", title: str = "Judul", summary: str = "", link: str = "", **data) -> str:
    known = facts(title=title, summary=summary, link=link, hashtags=("#A", "#B"), data=data)
    return render("trial.txt", body, known, markup=markup)


@pytest.mark.parametrize(
    "tag",
    [
        *("{% include 'a' %}", "{% extends 'a' %}", "{% load static %}", "{% debug %}", "{% csrf_token %}"),
        *(
            "{% block a %}{% endblock %}",
            "{% now 'Y' %}",
            "{% url 'a' %}",
            "{% lorem 9 w %}",
            "{% ssi '/etc/passwd' %}",
        ),
        *("{% autoescape off %}{{ title }}{% endautoescape %}", "{{ title|safe }}", "{{ title|ljust:99999999 }}"),
        *("{{ title|addslashes }}", "{{ title|random }}", "{{ title|pprint }}", "{{ title.__class__ }}"),
    ],
)
def test_a_template_can_load_nothing_and_reach_nothing(tag):
    with pytest.raises(TemplateFault) as caught:
        worded(f"Halo\n{{% if title %}}\n\n{tag}\n{{% endif %}}", title="x")
    assert (caught.value.template_name, caught.value.line) == ("trial.txt", 4)
    assert validate(f"Halo\n{tag}")[0].line == 2


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("a\nb {{ title", 2),
        ("a\n{% if title %}\nb", 2),
        ("a\n{% if %}{% endif %}", 2),
        ("{% if title %}\nx\n{% endif %}\n\n{% endfor %}", 5),
        ("a\n{{ }}", 2),
        ("a\n\n{{ title|nothing }}", 3),
        ("{% joined %}x{% endjoined %}", 1),
        ("a\n{{ data.rtp|floatformat:999999 }}", 2),
        ("a\n{{ hashtags|join:'123456789012345678901' }}", 2),
        ("a\n{{\n title }}", 2),
    ],
)
def test_a_fault_names_its_line(body, line):
    with pytest.raises(TemplateFault, match=f"^There is a fault in line {line} of the caption template trial.txt: "):
        worded(body)
    assert [fault.line for fault in validate(body)] == [line]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{{ title|upprcase }}", "there is no filter called “upprcase”."),
        ("{% if title %}\nb", "the tag “if” is opened and never closed: “endif” is missing."),
        ("{% for a in hashtags %}{{ a }}", "the tag “for” is opened and never closed: “endfor” is missing."),
        ("{% iff title %}", "a tag called “iff” is not known in this place."),
        ("{% if title %}{% endfor %}", "a tag called “endfor” is not known in this place."),
    ],
)
def test_what_people_get_wrong_most_is_said_in_words_that_are_translated(body, said):
    (fault,) = validate(body)
    assert (fault.message, fault.message.pattern != said) == (said, True)
    assert str(fault) == f"There is a fault in line 1: {said}"


def test_a_sound_template_has_no_faults():
    assert validate("{{ title }}\n{% for tag in hashtags %}{{ tag }} {% endfor %}\n{{ data.rtp|percent }}") == []


@pytest.mark.parametrize("method", ["split", "rsplit", "splitlines", "encode", "expandtabs", "join"])
def test_no_method_makes_a_list_of_a_text_or_lengthens_it(method):
    with pytest.raises(TemplateFault):
        worded(f"{{% with a=title|lower %}}{{{{ a.{method} }}}}{{% endwith %}}", title="a b")


@pytest.mark.parametrize("steps", [3, 7])
def test_lists_joined_by_lists_can_not_fill_the_memory(steps):
    body = "{{ v }}"
    for _ in range(steps):
        body = f"{{% with v=v.split|join:'a a a a a a a a a ' %}}{body}{{% endwith %}}"
    assert validate(f"{{% with v=title %}}{body}{{% endwith %}}")
    with pytest.raises(TemplateFault, match="a text has no split here"):
        worded(f"{{% with v=title %}}{body}{{% endwith %}}", title="a b c d")


def test_what_join_makes_has_an_end():
    words = ["x" * 90] * 100
    assert len(worded("{{ data.words|join:' ' }}", words=words)) == 9_099
    with pytest.raises(TemplateFault, match="join makes at most 10000 characters"):
        worded("{{ data.words|join:'                    ' }}", words=words)


def test_every_filter_is_paid_for_though_nothing_of_it_is_printed():
    body = "{% if data.text" + "|upper" * 40 + "|first == 'x' %}{% endif %}"
    assert worded(body, text="kata") == ""
    with pytest.raises(TemplateFault, match="too much text or too many turns"):
        worded(body, text="kata " * 6_000)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("{{ hashtags }}", "#A #B"),
        ("{{ hashtags|slice:':1' }}", "#A"),
        ("{{ pattern }} {{ data.pattern }}", "10x 20x 10x 20x"),
        ("{{ data.pattern|upper }}", "10X 20X"),
        ("{% firstof data.jam hashtags %}", "#A #B"),
        ("{% with a=hashtags %}{{ a }}{% endwith %}", "#A #B"),
        ("{{ data.rows }}", "a b c"),
        ("[{{ data.empty }}{{ data }}]", "[]"),
        ("{{ title.0 }}{{ hashtags.1 }}{{ hashtags.5 }}{{ title.upper }}", "J#BJUDUL"),
    ],
)
def test_a_list_printed_bare_reads_as_words(body, text):
    assert worded(body, **GAME, empty=[], rows=[["a", "b"], "c"]) == text


def test_a_list_printed_bare_is_escaped_where_values_are():
    assert worded("{{ data.list }}", markup="html", list=["<b>", "&"]) == "&lt;b&gt; &amp;"


LONG = {"many": list(range(16_000)), "text": "kata " * 6_000}


@pytest.mark.parametrize(
    "body",
    [
        "{% for a in many %}{% for b in many %}{% for c in many %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in many %}{% for b in many %}{{ none" + "|upper" * 1000 + " }}{% endfor %}{% endfor %}",
        "{% for a in many %}" + "{{ text }}" * 700 + "{% endfor %}",
        "{{ text }}" * 800,
        "{% for a in many %}" + "x" * 7000 + "{% endfor %}",
        "{% if title %}" * 300 + "{% endif %}" * 300,
        "{% with a=hashtags|join:text %}{{ a }}{% endwith %}",
        "x" * 8_001,
    ],
)
def test_a_hostile_template_is_stopped_soon(body):
    def refused():
        _compiled.cache_clear()
        with pytest.raises(TemplateFault):
            worded(body, **LONG)

    assert costs_less(2, refused)


def test_a_template_may_have_eight_thousand_characters():
    validate("x" * 8_000)


def test_a_template_cannot_change_what_it_is_told():
    data = {"list": ["a", "b"], "inner": {"k": "v"}}
    worded("{{ data.clear }}{{ data.list.clear }}{{ data.inner.popitem }}{{ hashtags.clear }}", **data)
    assert data == {"list": ["a", "b"], "inner": {"k": "v"}}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("a\n{% if data.game %}\n🎮 {{ data.game }}\n{% endif %}\nb", "a\n🎮 Gates of Olympus\nb"),
        ("a\n{% if data.jam %}\n⏰ {{ data.jam }}\n{% endif %}\nb", "a\nb"),
        ("a  \n\n{{ summary }}\n\n{{ nothing }}\n\n\nb \n", "a\n\nb"),
        ("a\r\n\r\n\r\n\r\nb", "a\n\nb"),
        ("{# a note #}\na\n{% comment %}\nx\n{% endcomment %}\nb", "a\nb"),
        (
            "{% joined ' · ' %}\n{{ game }}\n{{ data.jam }}\n{{ rtp|percent }}\n{% endjoined %}\nz",
            "Gates of Olympus · 97.2%\nz",
        ),
        ("a\n{% joined ' · ' %}\n{{ data.jam }}\n{% endjoined %}\nz", "a\nz"),
        ("{{ data.jam|default:data.window }}{{ nothing|default:nowhere }}", "19:00-21:00"),
        ("{{ pattern|line }} {{ hashtags|slice:':1'|join:' ' }}", "10x, 20x #A"),
        ("{% for key, value in data.items %}{{ key }} {% endfor %}", "game rtp window pattern"),
        ("{% if data.rtp > 97 %}tinggi{% endif %}", "tinggi"),
    ],
)
def test_lines_and_values(body, text):
    assert worded(body, **GAME) == text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        *((97.2, "97.2%"), (97, "97%"), (97.0, "97%"), (97.19999999999999, "97.2%"), ("97.20", "97.2%")),
        *(("97,2", "97,2%"), ("96.5 %", "96.5%"), ("tinggi", "tinggi"), (96.555, "96.56%"), (None, ""), (True, "")),
    ],
)
def test_a_rate_reads_as_people_write_it(value, shown):
    assert worded("[{{ data.rtp|percent }}]", rtp=value) == f"[{shown}]"


def test_numbers_are_printed_alike_in_every_language():
    with translation.override("id"):
        text = worded("{{ data.rtp }} {{ data.big }} {{ data.rtp|floatformat:1 }}", rtp=97.25, big=1234567.0)
    assert text == "97.25 1234567 97.2"


def test_html_escapes_values_and_leaves_the_template_alone():
    text = worded("<b>{{ title }}</b> {{ data.list|line }}", markup="html", title='<i>A & "B"</i>', list=["<", ">"])
    assert text == "<b>&lt;i&gt;A &amp; &quot;B&quot;&lt;/i&gt;</b> &lt;, &gt;"


def test_plain_text_is_not_escaped():
    assert worded("{{ title }}", title="Tom & <Jerry>") == "Tom & <Jerry>"


def test_the_link_of_the_data_is_the_posts_own():
    assert worded("{{ data.link }}", link="https://d.example/go/a", game="x") == "https://d.example/go/a"


def test_slicing_a_text_keeps_graphemes_whole():
    assert worded("{{ data.t|slice:':2' }}", t="👨‍👩‍👧‍👦e\u0301x") == "👨‍👩‍👧‍👦e\u0301"
