"""A setting that can't be used is named in the complaint, and what is secret in it is not."""

import re

import pytest

from autopost_site import casts


@pytest.mark.parametrize(
    ("cast", "given", "named"),
    [
        (casts.broker, "amqp://:5ec/ret@queue.example:5672/0", "amqp://queue.example:5672"),
        (casts.broker, "somebody:5ecret@queue.example", "queue.example"),
        (casts.address, "ftp://hc.example/ping/5ecret", "ftp://hc.example"),
        (casts.address, "https://somebody:5ecret@hc.example:port/5ecret", "https://hc.example:port"),
        (casts.address, "hc.example?key=5ecret", "hc.example"),
    ],
)
def test_a_refused_address_is_named_without_its_secrets(cast, given, named):
    with pytest.raises(ValueError, match=re.escape(f"'{named}")) as fault:
        cast(given)
    assert "5ec" not in str(fault.value) and "ret" not in str(fault.value)
