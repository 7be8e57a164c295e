"""Rules over more than one field of an item, and over the names in ``meta`` that mean something to us."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

import connectors
from connectors.texts.cashtags import cashtags
from social_queue.accounts import channels as account_channels
from social_queue.intake import field_rules
from social_queue.models import ApiKey, PlatformAccount, Post, QueueItem
from social_queue.reading import moments, soundness
from social_queue.sentences import about, said
from social_queue.wording import captions, links, own_words, utm, variants
from social_queue.wording.faults import CaptionFault

NO_ACCOUNT = said("has no active account to go to: add one with `manage.py add_account`, or resume one in the admin.")
NOBODY_SIGNS = said("is for what comes in under an API key, whose secret signs what is sent there.")

UNDECLARED = said('is required here: say {"generated": true} where a machine made it, and false where none did.')
#: The source of the test posts of connecting.
OUR_OWN_TEST = "desk-test"

#: What own words are judged by: these decide about a caption's link and its picture, too.
OF_WORDS = ("title", "link", "image", "image_url", "data", "meta", "captions", "ai")


def faults_together(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """{field: [sentence]} about valid values that contradict each other; missing ones are not judged.

    Looks at ``data``, ``meta``, ``publish_at`` and ``expires_at``.
    """
    found = fault_of_size(values.get("data") or {}, values.get("meta") or {})
    if sentences := faults_of_meta(values.get("meta") or {}):
        found["meta"] = sentences
    publish_at, expires_at = values.get("publish_at"), values.get("expires_at")
    if publish_at and expires_at and expires_at <= publish_at:
        found["expires_at"] = [said("must be after publish_at (%(moment)s).", moment=moments.show(publish_at))]
    return found


def faults_of_callback(values: Mapping[str, Any], source: str) -> dict[str, list[str]]:
    """A callback needs an API key of the source's name: its secret signs what is sent there."""
    if not values.get("callback_url") or ApiKey.objects.filter(name=source).exists():
        return {}
    return {"callback_url": [NOBODY_SIGNS]}


def faults_of_ai(values: Mapping[str, Any], source: str) -> dict[str, list[str]]:
    """Where the site wants it declared, everybody has to, in the desk as well; our own test posts say what they are."""
    wanted = settings.AI_LABEL == "refuse" and source != OUR_OWN_TEST
    return {"ai": [UNDECLARED]} if wanted and values.get("ai") is None else {}


def accounts_asked(
    values: Mapping[str, Any], known: Mapping[str, Any]
) -> tuple[list[PlatformAccount], dict[str, list[str]]]:
    """The accounts asked for, or none and what is wrong with them; ``known``: the faults that are reported already."""
    if "channels" in known:
        return [], {}
    try:
        chosen = account_channels.select(values.get("channels", []))
    except account_channels.UnknownChannels as fault:
        return [], {"channels": [str(fault)]}
    return chosen, {} if chosen else {"channels": [NO_ACCOUNT]}


def faults_of_title(values: Mapping[str, Any], accounts: Iterable[PlatformAccount]) -> dict[str, list[str]]:
    """What is wrong with the title on one of the accounts, which were asked for by name."""
    sentence = fault_of_cashtags(values["title"], accounts) if "title" in values else ""
    return {"title": [sentence]} if sentence else {}


def fault_of_cashtags(title: str, asked: Iterable[PlatformAccount]) -> str:
    """A sentence when the title, which no template shortens, holds more cashtags than an account's platform takes."""
    for platform in dict.fromkeys(account.platform for account in asked):
        connector = connectors.get(platform)
        found, most = cashtags(title), connector.limits.cashtags
        if most is not None and len(found) > most:
            values = {"tags": ", ".join(found), "label": connector.label, "limit": most}
            return said("holds the cashtags %(tags)s, but %(label)s allows only %(limit)s in a post.", **values)
    return ""


def faults_of_meta(meta: Mapping[str, Any]) -> list[str]:
    """What is wrong with the names in ``meta`` that mean something to us; any other name is let through."""
    found: list[str] = []
    try:
        variants.mode_of(meta)
    except ValueError:
        found.append(said("variant must be one of %(known)s.", known=", ".join(variants.MODES)))
    if all(meta.get(name) is None for name in utm.PARAMETERS):
        return found
    faulty = [sentence for name in utm.PARAMETERS if (sentence := _fault_of_utm({name: meta.get(name)}))]
    # Each may be short enough by itself and all of them together too long.
    together = _fault_of_utm(meta) if not faulty else ""
    return [*found, *faulty, *filter(None, [together])]


def _fault_of_utm(meta: Mapping[str, Any]) -> str:
    try:
        utm.check_meta(meta)
    except utm.UtmFault as fault:
        return about(fault.field.removeprefix("meta."), fault.message)
    return ""


def fault_of_size(data: Mapping[str, Any], meta: Mapping[str, Any]) -> dict[str, list[str]]:
    """The larger of data and meta with a sentence, when together they are too large."""
    sizes = {"data": soundness.size(data), "meta": soundness.size(meta)}
    took = sum(sizes.values())
    if took <= field_rules.LARGEST_DATA:
        return {}
    sentence = said(
        "may take at most %(most)s bytes of JSON, data and meta together, not %(took)s.",
        most=field_rules.LARGEST_DATA,
        took=took,
    )
    return {max(sizes, key=lambda name: sizes[name]): [sentence]}


def faults_of_captions(
    values: Mapping[str, Any], accounts: Iterable[PlatformAccount], *, to_look: bool = False
) -> dict[str, list[str]]:
    """What is wrong with the own words of ``accounts``, and with names that nobody has.

    ``to_look``: as ``incoming.finish``; then only the names are judged. Nobody shortens an own text, so one that does
    not fit is refused here rather than hours later.
    """
    given = values.get("captions")
    if not given:
        return {}
    found = _unknown_names(given)
    found += [] if to_look else faults_of_words(values, accounts).get("captions", [])
    return {"captions": found[:10]} if found else {}


def faults_of_words(
    values: Mapping[str, Any], accounts: Iterable[PlatformAccount], *, rewritten: Mapping[int, str] | None = None
) -> dict[str, list[str]]:
    """What is wrong with the own words of ``accounts`` alone; ``media`` are all that stand beside them.

    ``rewritten``: {account id: what somebody wrote for the post there}, which goes before the item's.
    """
    item = QueueItem(**{name: values[name] for name in OF_WORDS if name in values})
    item.media_to_be = values.get("media") or None
    texts = rewritten or {}
    judged = [(account, _why_not(item, account, texts.get(account.pk, ""))) for account in accounts]
    found = [_about(account.slug, why) for account, why in judged if why]
    return {"captions": found[:10]} if found else {}


def _unknown_names(given: Mapping[str, str]) -> list[str]:
    words = [name for name in given if name not in connectors.names()]
    if not words:
        return []
    slugs = set(PlatformAccount.objects.filter(slug__in=words).values_list("slug", flat=True))
    return [_about(name, said("is neither a platform nor an account.")) for name in words if name not in slugs]


def _why_not(item: QueueItem, account: PlatformAccount, rewritten: str) -> str:
    if not (rewritten or own_words.of(item, account)):
        return ""
    own = {"caption": rewritten, "caption_edited": bool(rewritten)}
    post = Post(item=item, account=account, platform=account.platform, **own)
    try:
        link = links.expected_link(post).short if item.link else ""
        captions.render(post, link=link)
    except CaptionFault as fault:
        return str(fault)
    except utm.UtmFault:
        # Its field has been told of it.
        return ""
    return ""


def _about(name: str, sentence: str) -> str:
    return said("%(name)s: %(sentence)s", name=name[:100], sentence=sentence)
