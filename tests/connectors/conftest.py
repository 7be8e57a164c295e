"""Fixtures of the connectors' tests, which need no Django."""

import pytest

from connectors.sandbox import Sandbox


@pytest.fixture
def platforms():
    """The pretended platforms on a free port."""
    with Sandbox() as running:
        yield running
