"""X takes one cashtag in a post: a title with two is refused where X was asked for by name."""

import json

import pytest
from django.core.management import call_command

from connectors.texts.cashtags import cashtags
from social_queue.access import keys
from social_queue.intake import ingest
from social_queue.intake.incoming import Malformed
from social_queue.operations import editing
from tests import factories

NOW = factories.NOW
TITLE = "cash $TSLA $AAPL"
SENTENCE = "holds the cashtags $TSLA, $AAPL, but X (Twitter) allows only 1 in a post."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (TITLE, ["$TSLA", "$AAPL"]),
        ("$BRK.A, $BRK_B!", ["$BRK.A", "$BRK_B"]),
        ("$TEST.T", ["$TEST.T"]),
        ("$TEST_", ["$TEST"]),
        ("$TSLA\n$F\u3000$GM", ["$TSLA", "$F", "$GM"]),
        ("US$5 a$TSLA $ABCDEFG $5 ($TSLA) $TSLA日 $$$", []),
        ("$A$B", ["$A"]),
    ],
)
def test_a_cashtag_is_a_dollar_sign_and_a_few_letters_that_stand_alone(text, found):
    assert cashtags(text) == found


def push(title, **fields):
    return ingest.receive({"title": title, "link": "https://example.com/p"} | fields, source="tests", now=NOW)


@pytest.mark.django_db
class TestATitle:
    @pytest.fixture(autouse=True)
    def _accounts(self, telegram_account, twitter_account):
        """A platform that minds, and one that does not."""

    @pytest.mark.parametrize("channels", [["twitter"], ["x"], ["tg-news", "x-news"]])
    def test_with_two_is_refused_where_the_account_was_named(self, channels):
        receipt = push(TITLE, channels=channels)
        assert receipt.status_code == 400
        assert receipt.body["error"]["fields"] == {"title": [SENTENCE]}

    @pytest.mark.parametrize("fields", [{}, {"channels": ["tg-news"]}])
    def test_with_two_goes_to_the_others(self, fields):
        assert push(TITLE, **fields).status_code == 201

    @pytest.mark.parametrize("title", ["only $TSLA", "US$5 or $10"])
    def test_with_one_is_taken(self, title):
        assert push(title, channels=["twitter"]).status_code == 201

    def test_with_a_fault_of_its_own_is_told_that_alone(self):
        assert list(push("", channels=["twitter"]).body["error"]["fields"]) == ["title"]

    def test_may_not_be_changed_to_two_either(self):
        item = push("One $TSLA", channels=["twitter"], publish_at="2030-01-01").item
        with pytest.raises(Malformed) as caught:
            editing.edit(item.pk, {"title": TITLE}, now=NOW)
        assert caught.value.fields == {"title": [SENTENCE]}
        editing.edit(item.pk, {"title": "Another $AAPL"}, now=NOW)

    def test_with_two_may_be_looked_at_and_is_told_beside_its_caption(self, client, tmp_path, capsys):
        body = {"title": TITLE, "link": "https://example.com/p", "channels": ["twitter"]}
        headers = {"Authorization": f"Bearer {keys.issue('looks', keys.SCOPES)[1]}"}
        answer = client.post("/api/autopost/preview", body, content_type="application/json", headers=headers)
        assert answer.status_code == 200
        ((problem,),) = [post["problems"] for post in answer.json()["posts"]]
        assert problem["code"] == "cashtags"
        assert "$TSLA, $AAPL" in problem["message"]
        (tmp_path / "two.json").write_text(json.dumps(body))
        call_command("preview", str(tmp_path / "two.json"), "--json")
        assert json.loads(capsys.readouterr().out)["problems"] == [problem]
