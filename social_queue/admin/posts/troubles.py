"""What kind of trouble it is, in the reader's language.

The details are stored in English: they are written at night, before anybody knows who reads them.
"""

from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from social_queue.admin.pieces import looks, own_sentences
from social_queue.admin.pieces.typed import Label
from social_queue.models import Alert, Attempt, PlatformAccount, Post, WebhookLog

_O, _A, _K = Attempt.Outcome, PlatformAccount.Status, Alert.Kind

#: How the queue calls a post that waited beyond its time; no attempt ends so.
_TOO_LATE = "too_late"
_LABELS = {**dict(_O.choices), _TOO_LATE: _("too late")}
_OF_POSTS = {
    _O.TRANSIENT: _("The platform, or the way to it, had passing trouble."),
    _O.RATE_LIMITED: _("The platform takes no more posts for now."),
    _O.ACCOUNT_BLOCKED: _("The platform does not let this account post."),
    _O.NOT_READY: _("The platform was still preparing it."),
    _O.TOKEN_INVALID: _("The platform does not accept the token any more."),
    _O.REJECTED: _("It can't go out like this."),
    _O.OUTCOME_UNKNOWN: _("The platform was asked to publish it and did not answer."),
    _O.REPEAT_REFUSED: _("The platform refused it as a repeat: it may be out already."),
    _O.SITE_FAULT: _("A setting of this site keeps everything from this platform."),
    _O.ADDRESS_MOVED: _("The place to post to has another address now."),
    _O.OUR_FAULT: _("Autopost itself stumbled over it."),
    _O.LEASE_ENDED: _("The worker that had it vanished."),
    _TOO_LATE: _("It expired before it could go out."),
    _O.NOT_RECALLABLE: _("It is out, and the platform does not let us delete it."),
    _O.NOT_CORRECTABLE: _("It is out, and the platform does not let us change its text."),
}
_OF_ACCOUNTS: dict[str, Label] = {
    _A.NEEDS_TOKEN: _("The platform does not accept the token any more."),
    _A.BLOCKED: _("The platform does not let this account post."),
}
_OF_DELIVERIES: dict[int | None, Label] = {
    202: _("Not all of it could be queued."),
    401: _("Its source did not sign it, or signed it wrongly."),
    404: _("There was no source of that name."),
    413: _("Its body was too large."),
    415: _("It was compressed, or a form."),
    422: _("No item could be made of it."),
    429: _("Too many came that nobody had signed."),
    500: _("Autopost itself stumbled over it."),
    503: _("The source was paused when it came."),
}
_IGNORED = _("It was not meant for us.")
_AFTER_ALERTS: dict[str, Label] = {
    _K.TOKEN_INVALID: _("Open the account, put in a new token, then press Check token and Resume."),
    _K.TOKEN_EXPIRING: _("Open the account and put in a new token; nothing stops until the old one ends."),
    _K.ACCOUNT_BLOCKED: _("Set it right on the platform, then press Resume on the account's page."),
    _K.REJECTED: _("Open the post, change what the text names, then press Retry."),
    _K.MISSED: _("Nothing to press; queue again by hand what is still worth saying."),
    _K.FEED_TROUBLE: _("Open the feed, mend its address or its field map, then press Look now."),
    _K.REPEAT_STUCK: _("Set right what the text names, or cancel the repeat."),
    _K.FOLLOW_UPS_OFF: _("Once the platform lets the account reply, switch the option on again on its page."),
    _K.FAILING: _("Nothing to press yet: it is tried once more in 15 minutes."),
    _K.GIVEN_UP: _("Once the platform answers again, open the post and press Retry."),
    _K.NOT_RECALLABLE: _("Delete the post on the platform yourself; its address stands on its page."),
    _K.NOT_CORRECTABLE: _(
        "Change its text on the platform yourself, or press Take back; its address stands on its page."
    ),
    _K.UNDECIDED: _("Look for the post on the platform, then press “I can see it” or “It is not there, send it”."),
    _K.WAITING_LONG: _("It goes out by itself when the platform allows; to stop it press Cancel."),
    _K.OUR_FAULT: _("Press Retry once; if it happens again, tell whoever runs Autopost."),
    _K.DOUBLE_RISK: _("Look on the platform and delete there what is out twice, or was cancelled."),
    _K.RECEIVER_PAUSED: _("See that the receiver answers, then open its subscription and press Resume."),
    _K.WEBHOOK_RUBBISH: _("Open the newest refused delivery, mend the source or its field map, then press Replay."),
    _K.SHORTLINK: _("Nothing to press: posts go out with the full link meanwhile."),
    _K.PLATFORM_DOWN: _("Nothing to press: its posts wait, and all go on in order as soon as one gets through."),
    _K.SITE_FAULT: _("Have whoever runs Autopost change the setting that the text names; all posts wait meanwhile."),
    _K.NO_TICK: _("Nothing is published meanwhile: have the worker started again."),
}


def of_post(post: Post) -> str:
    """What stopped a post last, in a sentence; "" when nothing did."""
    return str(_OF_POSTS.get(post.error_kind, "")) if post.error else ""


def of_account(account: PlatformAccount) -> str:
    """Why an account may not post, in a sentence."""
    return str(_OF_ACCOUNTS.get(account.status, ""))


def of_delivery(delivery: WebhookLog) -> str:
    """Why a delivery made nothing, or not all that it should have."""
    if delivery.status == WebhookLog.Status.IGNORED:
        return str(_IGNORED)
    return str(_OF_DELIVERIES.get(delivery.http_status, ""))


def after(alert: Alert) -> str:
    """What to do about an alert."""
    return str(_AFTER_ALERTS.get(alert.kind, ""))


def label(kind: str) -> str:
    """The name of a kind of trouble; a kind nobody knows any more stands for itself."""
    return str(_LABELS.get(kind, kind))


def in_short(post: Post, most: int = 60) -> str:
    """The kind, and the beginning of the details."""
    return with_details(label(post.error_kind), post.error, most) if post.error else "–"


def with_details(kind: str, details: str, most: int) -> str:
    """A kind in the reader's language in front of details in English."""
    if not details:
        return kind or "–"
    words, ours = own_sentences.plain(details)
    sentence = format_html("<span{}>{}</span>", "" if ours else mark_safe(' lang="en"'), looks.short(words, most))
    name = kind if not kind or kind.endswith(".") else f"{kind}:"
    # One box, or the narrow list would set kind and text side by side; by its name it knows that there is a reason.
    return format_html('<span class="ap-reason">{} {}</span>', name, sentence)
