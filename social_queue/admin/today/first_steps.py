"""Four steps to a desk that publishes; they go away when all are done."""

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext as _

from social_queue.models import ApiKey, PlatformAccount, Post, PostStatus, QueueItem, WebhookSource
from social_queue.operations import trial_posts


def left(user: User) -> list[dict]:
    """All four with whether they are done, or nothing where none is left; a step one may not take has no link."""
    published = Post.objects.filter(status=PostStatus.PUBLISHED).exists()
    done = [
        PlatformAccount.objects.exists(),
        published or QueueItem.objects.filter(source=trial_posts.SOURCE).exists(),
        ApiKey.objects.exists() or WebhookSource.objects.exists(),
        published or QueueItem.objects.exclude(source=trial_posts.SOURCE).exists(),
    ]
    if all(done) or not user.has_perm("queue.add_platformaccount"):
        return []
    steps = [
        ("channel", _("Connect an account"), reverse("connect"), "queue.add_platformaccount"),
        ("test", _("Send a test post"), reverse("admin:queue_platformaccount_changelist"), "queue.add_queueitem"),
        ("key", _("Give a program its key"), reverse("admin:queue_apikey_add"), "queue.add_apikey"),
        ("item", _("Write the first item"), reverse("admin:queue_queueitem_add"), "queue.add_queueitem"),
    ]
    return [
        {"name": name, "words": words, "link": link if user.has_perm(permission) else "", "done": ready}
        for (name, words, link, permission), ready in zip(steps, done, strict=True)
    ]
