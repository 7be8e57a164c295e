"""What the cluster makes before it forks its workers may fail, which stops nothing and is not passed over either."""

import logging

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError

from social_queue import kept
from social_queue.management.commands import qcluster


@pytest.mark.parametrize(
    ("fault", "level"),
    [
        (OperationalError("it is away"), logging.INFO),
        (InterfaceError("it is away"), logging.INFO),
        (DatabaseError("no such table"), logging.INFO),
        (NameError("a fault of ours"), logging.ERROR),
        (TypeError("a fault of ours"), logging.ERROR),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_a_fault_of_ours_is_told_as_one_and_a_database_that_is_away_is_not(monkeypatch, caplog, fault, level):
    def fail(_longest):
        raise fault

    monkeypatch.setattr(kept, "make_ready", fail)
    with caplog.at_level(logging.INFO, logger=qcluster.logger.name):
        qcluster._make_ready()
    assert [(record.levelno, record.exc_info[1]) for record in caplog.records] == [(level, fault)]


@pytest.mark.django_db(transaction=True)
def test_the_texts_are_made_without_a_word(caplog):
    with caplog.at_level(logging.INFO, logger=qcluster.logger.name):
        qcluster._make_ready()
    assert caplog.records == []
