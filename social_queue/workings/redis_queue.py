"""The task queue in a Redis server, with limits to how long it is waited for."""

import redis
from django_q.brokers import redis_broker
from django_q.conf import Conf
from redis.backoff import ConstantBackoff
from redis.retry import Retry

#: A worker asks for a task and waits a second for one; an answer takes no longer than this beyond it.
_CONNECT_S, _ANSWER_S = 2, 3


class Redis(redis_broker.Redis):  # type: ignore[misc]  # django-q2 says no types
    """django-q2's own, whose driver would try ten times more, five seconds each: a page must not wait so long."""

    @staticmethod
    def get_connection(list_key: str | None = None) -> redis.Redis:
        """A client for the address in Q_BROKER, tried twice."""
        once_more = Retry(ConstantBackoff(0.1), 1)
        limits = {"socket_connect_timeout": _CONNECT_S, "socket_timeout": _ANSWER_S}
        return redis.from_url(Conf.REDIS, retry=once_more, **limits)
