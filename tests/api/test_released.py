"""Nothing that a release has promised is taken away: programs out there rely on it."""

import copy

import pytest

from tests.api import released


@pytest.fixture(scope="module")
def today():
    return released.described()


def test_what_was_promised_is_still_there(today):
    gone = set(released.FILE.read_text().splitlines()) - released.of(today)
    assert not gone, f"Taken away from the API: {sorted(gone)}. Put it back, or it is another version."


@pytest.mark.parametrize("version", released.versions())
def test_what_a_release_promised_is_still_there(today, version):
    gone = released.of(released.of_release(version)) - released.of(today)
    assert not gone, f"{version} promised it: {sorted(gone)}. Put it back, or it is another version."


def test_there_is_a_release_to_compare_with():
    assert released.versions()


def _lose_a_door(said):
    del said["paths"]["/api/autopost/queue/{id}/cancel"]


def _lose_an_answer(said):
    del said["paths"]["/api/autopost/ingest"]["post"]["responses"]["200"]


def _lose_a_parameter(said):
    said["paths"]["/api/autopost/queue"]["get"]["parameters"].pop()


def _lose_a_field_that_is_taken(said):
    del said["components"]["schemas"]["Incoming"]["properties"]["hashtags"]


def _want_a_field_that_was_optional(said):
    said["components"]["schemas"]["Incoming"]["required"].append("summary")


def _lose_a_field_of_an_answer(said):
    del said["components"]["schemas"]["PostDetail"]["properties"]["permalink"]


def _leave_a_field_out_at_times(said):
    said["components"]["schemas"]["Queued"]["required"].remove("posts")


def _answer_another_type(said):
    said["components"]["schemas"]["Queued"]["properties"]["id"]["type"] = "string"


def _answer_null(said):
    said["components"]["schemas"]["CardFile"]["properties"]["file_url"]["nullable"] = True


def _lose_a_word(said):
    said["components"]["schemas"]["ErrorCode"]["enum"].remove("conflict")


@pytest.mark.parametrize(
    "worsen",
    [
        *(_lose_a_door, _lose_an_answer, _lose_a_parameter, _lose_a_field_that_is_taken, _lose_a_field_of_an_answer),
        *(_want_a_field_that_was_optional, _leave_a_field_out_at_times, _answer_another_type, _answer_null),
        _lose_a_word,
    ],
)
def test_whatever_is_taken_away_is_seen(today, worsen):
    worse = copy.deepcopy(today)
    worsen(worse)
    assert released.of(today) - released.of(worse)


def test_what_comes_in_addition_is_no_breach(today):
    more = copy.deepcopy(today)
    more["components"]["schemas"]["Queued"]["properties"]["mood"] = {"type": "string"}
    more["components"]["schemas"]["Incoming"]["properties"]["mood"] = {"type": "string"}
    more["paths"]["/api/autopost/moods"] = {"get": {"responses": {"200": {}}}}
    assert released.of(today) <= released.of(more)
