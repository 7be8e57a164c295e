"""Codes of /go/ that no post can have: each is unknown, on every database, and no outage."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", ["%00", "a%00b", "😀", "é", "%ff", "%ED%A0%80", "a" * 5000])
def test_a_code_of_other_letters_is_unknown(client, code, caplog):
    answer = client.get(f"/go/{code}")
    assert answer.status_code == 404
    assert not [record for record in caplog.records if record.exc_info]
