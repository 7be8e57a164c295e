"""What tests of corrections do: a post that is out, another text for it, a worker some time later, and the wall."""

from social_queue.delivery import dispatch
from social_queue.delivery.errands import vanished
from social_queue.operations.correcting import asking
from tests import factories

NEW = "The gates are shut."
ASKER = asking.Asker("ann")


def published(clock, platform="facebook", account=None):
    """A post of the platform that is out."""
    account = account or factories.make_account(platform)
    post = factories.make_post(factories.make_item(publish_at=clock()), account)
    assert dispatch.drain(clock=clock) == {"published": 1}
    post.refresh_from_db()
    return post


def ask(post, clock, text=NEW):
    """Somebody wants it to read otherwise."""
    return asking.correct(post, text, asker=ASKER, now=clock())


def later(clock, **by):
    """What a worker does some time later."""
    clock.forward(**by)
    vanished.expire(clock())
    return dict(dispatch.drain(clock=clock))


def on_wall(sandbox):
    """How what is out reads."""
    return [post.text for post in sandbox.wall]
