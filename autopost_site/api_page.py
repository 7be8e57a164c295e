"""What the API's own page says beside its doors: the groups they stand in, and the names of closed lists of words."""

TAGS = [
    {"name": "content", "description": "Push content in, look at it before, deliver it signed."},
    {"name": "results", "description": "What became of it, and what may still be done about it."},
    {"name": "events", "description": "Hear what happened: pulled in order, or told as Standard Webhooks."},
    {"name": "accounts", "description": "The places that can be posted to."},
]
LISTS = {
    "AccountStatus": "social_queue.models.accounts.PlatformAccount.Status",
    "SubscriptionStatus": "social_queue.models.events.Subscription.Status",
    "EventType": "social_queue.models.events.EventType",
    "ErrorCode": "social_queue.api.openapi.codes.ERROR_CODES",
    "FieldCode": "social_queue.api.openapi.codes.FIELD_CODES",
    "ItemStatus": "social_queue.models.items.QueueItem.Status",
    "PostStatus": "social_queue.models.posts.Post.Status",
}
