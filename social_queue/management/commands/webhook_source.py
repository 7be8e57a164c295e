"""`manage.py webhook_source`: let a system push signed deliveries in, or change how."""

import argparse
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from connectors.texts.sentences import known, plain
from social_queue.access import senders
from social_queue.models import WebhookSource
from social_queue.reading import strict_json
from social_queue.webhooks import signing_secrets, sources
from social_queue.webhooks.trying import nowhere, samples


class Command(BaseCommand):
    """Creates the source, or changes what is named when the slug exists; the last line is the signing secret alone."""

    help = "Create a webhook source or update it; prints its signing secret alone on the last line."

    def add_arguments(self, parser: CommandParser) -> None:
        """The slug, and whatever is to be set; what is left out stays as it is."""
        parser.add_argument("slug", help="the last part of its address: /api/autopost/webhook/SLUG")
        parser.add_argument("--scheme", choices=WebhookSource.Scheme.values, help="how it signs (default: standard)")
        parser.add_argument("--header", help="hmac only: the header with the signature (X-Hub-Signature-256)")
        parser.add_argument("--map", metavar="FILE", help="a JSON file: our field's name, then the path to its value")
        parser.add_argument("--sample", metavar="FILE", help="a body as the sender sends it: the map is tried on it")
        parser.add_argument("--unchecked", action="store_true", help="store the map although a rule leads to nothing")
        parser.add_argument("--channels", metavar="A,B", help="for deliveries that name none; empty: every account")
        yes_or_no = argparse.BooleanOptionalAction
        parser.add_argument("--draft", action=yes_or_no, default=None, help="items wait for an editor")
        parser.add_argument("--rotate", action="store_true", help="a new secret; the old one works for 24 hours more")
        parser.add_argument("--end-old", action="store_true", help="the secret before this one stops working at once")
        parser.add_argument(
            "--same-bytes-once",
            action=yes_or_no,
            default=None,
            help="hmac only: the same signed bytes are the same delivery whatever the id says (default: yes)",
        )
        paused = parser.add_mutually_exclusive_group()
        paused.add_argument("--pause", action="store_true", help="answer 503 until --resume")
        paused.add_argument("--resume", action="store_true")

    def handle(self, *args, slug: str, **options) -> None:
        """Validate everything before anything is written."""
        if options["sample"] and not options["map"]:
            raise CommandError("--sample is what a new map is tried on: name that too, with --map FILE.")
        source = WebhookSource.objects.filter(slug=slug).first() or WebhookSource(slug=slug)
        created = source.pk is None
        if created and (meant := [name for name in ("rotate", "end_old", "resume") if options[name]]):
            slugs = WebhookSource.objects.order_by("slug").values_list("slug", flat=True)
            told = known(slugs, none=f"None was made yet: without --{meant[0].replace('_', '-')} it is made.")
            raise CommandError(f"There is no source {slug!r}. {told}")
        scheme = source.scheme
        self._set(source, options)
        faults = sources.faults_of(source)
        if created and (sentence := senders.fault(slug, WebhookSource)):
            faults.setdefault("slug", []).append(sentence)
        if faults:
            raise CommandError("\n".join(f"{field}: {' '.join(found)}" for field, found in faults.items()))
        if options["map"]:
            self._try(source, Path(options["sample"]) if options["sample"] else None, unchecked=options["unchecked"])
        if created or source.scheme != scheme:
            signing_secrets.begin(source)
        source.save()
        if options["rotate"] and not created:
            signing_secrets.rotate(source, now=timezone.now())
        if options["end_old"]:
            signing_secrets.end_old(source)
        self._tell(source, created=created)

    def _set(self, source: WebhookSource, options: dict) -> None:
        changes = {
            "scheme": options["scheme"],
            "header": options["header"],
            "arrives_as_draft": options["draft"],
            "same_bytes_once": options["same_bytes_once"],
            "field_map": self._read_map(Path(options["map"])) if options["map"] else None,
            "default_channels": _words(options["channels"]) if options["channels"] is not None else None,
            "paused": True if options["pause"] else False if options["resume"] else None,
        }
        for name, value in changes.items():
            if value is not None:
                setattr(source, name, value)

    def _read_map(self, path: Path) -> object:
        try:
            return strict_json.parse(path.read_bytes())
        except (OSError, strict_json.NotJson) as fault:
            raise CommandError(f"--map {path}: {plain(fault)}") from fault

    def _try(self, source: WebhookSource, sample: Path | None, *, unchecked: bool) -> None:
        """The new map on the last deliveries and the sample, before it is stored."""
        try:
            found = samples.together(source.slug, sample.read_bytes() if sample else b"")
        except (OSError, strict_json.NotJson) as fault:
            raise CommandError(f"--sample {sample}: {plain(fault)}") from fault
        if source.field_map and not found.bodies:
            self.stderr.write(samples.UNTRIED)
        nothing = nowhere.sentences(source.field_map, found.bodies, among=found.among)
        if nothing and not unchecked:
            raise CommandError("\n".join([*nothing, "Nothing was stored: mend the map, or add --unchecked."]))
        for sentence in nothing:
            self.stderr.write(sentence)

    def _tell(self, source: WebhookSource, *, created: bool) -> None:
        address = settings.PUBLIC_BASE_URL + reverse("webhook", args=[source.slug])
        facts = [source.get_scheme_display()]
        facts += [f"header {source.header}"] if source.scheme == WebhookSource.Scheme.HMAC else []
        facts += ["arrives as draft"] if source.arrives_as_draft else []
        facts += ["paused"] if source.paused else []
        facts += ["field map"] if source.field_map else []
        self.stdout.write(f"{'Added' if created else 'Updated'} {source.slug} ({', '.join(facts)}). It delivers to")
        self.stdout.write(address)
        if signing_secrets.old_works(source, now=timezone.now()):
            self.stdout.write(
                f"The secret before this one works until {source.previous_valid_until:%Y-%m-%d %H:%M} UTC."
            )
        self.stdout.write("Its signing secret:")
        self.stdout.write(signing_secrets.current(source))


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
