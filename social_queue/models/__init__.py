"""The tables of the publishing desk, a room each."""

from social_queue.models.accounts import PlatformAccount, credentials_of
from social_queue.models.alerts import Alert
from social_queue.models.inbound import ApiKey, WebhookLog, WebhookSource
from social_queue.models.items import QueueItem
from social_queue.models.people import FailedLogIn
from social_queue.models.posts import Attempt, Post
from social_queue.models.presses import Press
from social_queue.models.wording import CaptionTemplate, VariantCounter
from social_queue.models.workings import CooldownRule, Heartbeat, Lock, PlatformState

__all__ = [
    "Alert",
    "ApiKey",
    "Attempt",
    "CaptionTemplate",
    "CooldownRule",
    "FailedLogIn",
    "Heartbeat",
    "Lock",
    "PlatformAccount",
    "PlatformState",
    "Post",
    "Press",
    "QueueItem",
    "VariantCounter",
    "WebhookLog",
    "WebhookSource",
    "credentials_of",
]
