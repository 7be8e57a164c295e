"""The tables of the publishing desk, a room each."""

from social_queue.models.accounts import PlatformAccount, credentials_of
from social_queue.models.alerts import Alert
from social_queue.models.approvals import Approval
from social_queue.models.events import Event, EventSending, EventType, Subscription
from social_queue.models.feeds import Feed, FeedEntry
from social_queue.models.inbound import ApiKey, WebhookLog, WebhookSource
from social_queue.models.items import FurtherKey, QueueItem
from social_queue.models.log_ins import LoginAttempt
from social_queue.models.media import ItemMedium, MediaFile
from social_queue.models.people import Activity, FailedLogIn, Habits, Hearing, Invitation
from social_queue.models.posts import FIRST_FOLLOW_UP, Attempt, Errand, Part, Post
from social_queue.models.presses import Press
from social_queue.models.series import Series
from social_queue.models.wording import CaptionTemplate, EarlierWording, HashtagSet, LabelLine, VariantCounter
from social_queue.models.workings import CooldownRule, Heartbeat, Lock, PlatformState

#: The states and kinds by names of their own, since half the house speaks of several of them.
PostStatus = Post.Status
ItemStatus = QueueItem.Status
AccountStatus = PlatformAccount.Status
DeliveryStatus = WebhookLog.Status
AlertKind = Alert.Kind
Outcome = Attempt.Outcome
SubscriptionStatus = Subscription.Status

__all__ = [
    "PostStatus",
    "ItemStatus",
    "AccountStatus",
    "DeliveryStatus",
    "AlertKind",
    "Outcome",
    "Alert",
    "ApiKey",
    "Approval",
    "Attempt",
    "CaptionTemplate",
    "CooldownRule",
    "EarlierWording",
    "Errand",
    "Event",
    "EventSending",
    "EventType",
    "Activity",
    "FailedLogIn",
    "Feed",
    "FeedEntry",
    "FurtherKey",
    "Habits",
    "HashtagSet",
    "Hearing",
    "Invitation",
    "Heartbeat",
    "ItemMedium",
    "LabelLine",
    "Lock",
    "LoginAttempt",
    "MediaFile",
    "FIRST_FOLLOW_UP",
    "Part",
    "PlatformAccount",
    "PlatformState",
    "Post",
    "Press",
    "QueueItem",
    "Series",
    "Subscription",
    "SubscriptionStatus",
    "VariantCounter",
    "WebhookLog",
    "WebhookSource",
    "credentials_of",
]
