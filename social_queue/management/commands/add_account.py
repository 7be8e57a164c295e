"""`manage.py add_account`: connect a place we may post to, or update it, once its platform takes the credentials."""

import getpass
import json
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

import connectors
from connectors.texts.pasted import BadAddress
from connectors.texts.sentences import plain
from social_queue.accounts import options as account_options
from social_queue.accounts import speaking, trial
from social_queue.models import PlatformAccount, credentials_of
from social_queue.vault import VaultClosed


class Command(BaseCommand):
    """Creates the account, or updates it when the slug exists; prints what to do next."""

    help = "Connect an account, or update the one with this slug."

    def add_arguments(self, parser: CommandParser) -> None:
        """Platform, address, slug, name and credentials."""
        parser.add_argument("platform", help=f"{', '.join(connectors.names())} or an alias")
        parser.add_argument(
            "address", help="what the platform calls the place: its id, name or handle, or the page that shows it"
        )
        parser.add_argument("--slug", required=True, help="the account's short name, as generators write it")
        parser.add_argument("--name", help="how people call it")
        parser.add_argument(
            "--credential",
            nargs="+",
            action="extend",
            default=[],
            metavar="KEY=VALUE",
            help="VALUE - asks without echo",
        )
        parser.add_argument("--credentials-file", metavar="FILE", help="a JSON object of credentials")
        parser.add_argument(
            "--option", nargs="+", action="extend", default=[], metavar="KEY=VALUE", help="account option"
        )
        parser.add_argument(
            "--unchecked", action="store_true", help="store the credentials without asking the platform about them"
        )

    def handle(self, *args, platform: str, address: str, slug: str, **options) -> None:
        """Validate everything before anything is written."""
        name = connectors.resolve_alias(platform)
        if name is None:
            raise CommandError(f"There is no platform {platform!r}. Known: {', '.join(connectors.names())}.")
        if connectors.resolve_alias(slug):
            self.stderr.write(
                f"In “channels” {slug!r} means a whole platform: choose another slug to name this account."
            )
        account = PlatformAccount.objects.filter(slug=slug).first() or PlatformAccount(slug=slug)
        created = account.pk is None
        if not created and account.platform != name:
            raise CommandError(f"The slug {slug!r} belongs to a {account.platform} account: choose another slug.")
        account.platform, account.address = name, _address(name, address)
        account.name = options["name"] if options["name"] is not None else account.name
        account.options = account.options | _options(name, options["option"])
        changed = self._credentials(account, self._given(options))
        self._validate(account)
        if changed and not options["unchecked"]:
            self._ask(account)
        # Only what was asked for: workers write into the same row.
        account.save(update_fields=None if created else ["address", "name", "options", *changed])
        self.stdout.write(
            f"{'Added' if created else 'Updated'} {account.slug} ({account.platform}, {account.address})."
        )
        if options["unchecked"]:
            self.stdout.write("`manage.py check_tokens` asks the platform whether it accepts the credentials.")

    def _ask(self, account: PlatformAccount) -> None:
        """Raises CommandError unless the platform takes the credentials; a sandbox may be started afterwards."""
        said = trial.ask(account)
        why = speaking.without_secrets(said.detail, account) or "it gave no reason."
        if said.valid:
            lacks = f" It lacks {', '.join(said.scopes_missing)}: {why}" if said.scopes_missing else ""
            self.stdout.write(f"{account.platform} takes the credentials: {said.account_name or 'no name'}.{lacks}")
        elif said.checked:
            raise CommandError(f"{account.platform} does not accept the credentials: {why} Nothing was stored.")
        elif said.detail and not speaking.is_on_this_machine(account):
            raise CommandError(
                f"{account.platform} could not be asked about the credentials: {why} Nothing was stored; "
                "try again, or add --unchecked to store them all the same."
            )
        else:
            self.stderr.write(
                f"{account.platform} could not be asked about the credentials; `check_tokens` asks again."
            )

    def _given(self, options: dict) -> dict[str, str]:
        given: dict[str, str] = {}
        if options["credentials_file"]:
            given |= self._from_file(Path(options["credentials_file"]))
        for place, word in enumerate(options["credential"], start=1):
            key, separator, value = word.partition("=")
            if not separator or not key:
                # Not shown: it may well be the secret itself.
                raise CommandError(f"--credential number {place} must look like KEY=VALUE.")
            given[key] = _asked(key) if value == "-" else value
        return given

    def _from_file(self, path: Path) -> dict[str, str]:
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as fault:
            raise CommandError(f"--credentials-file {path}: {plain(fault)}") from fault
        if not isinstance(content, dict) or not all(isinstance(value, str) for value in content.values()):
            raise CommandError(f"--credentials-file {path} must hold one JSON object whose values are texts.")
        return content

    def _validate(self, account: PlatformAccount) -> None:
        taken = PlatformAccount.objects.filter(platform=account.platform, address=account.address)
        if other := taken.exclude(pk=account.pk).first():
            raise CommandError(f"address: the account {other.slug} posts there already.")
        try:
            account.full_clean()
        except ValidationError as fault:
            lines = [f"{field}: {' '.join(words)}" for field, words in fault.message_dict.items()]
            raise CommandError("\n".join(lines)) from fault

    def _credentials(self, account: PlatformAccount, given: dict[str, str]) -> list[str]:
        """Lay them into the account; returns the columns that changed."""
        wanted = connectors.get(account.platform).credential_keys
        unknown = sorted(set(given) - set(wanted))
        if unknown:
            raise CommandError(
                f"{account.platform} has no credential {', '.join(unknown)}. It takes: {', '.join(wanted)}."
            )
        held = self._held(account)
        new = held | {key: value.strip() for key, value in given.items()}
        missing = [key for key in wanted if not new.get(key)]
        if missing:
            raise CommandError(f"Missing credentials: {', '.join(missing)}. Give each as --credential KEY=VALUE.")
        if new == held:
            return []
        account.credentials = new
        account.token_checked_at = account.token_expires_at = account.data_access_expires_at = None
        if account.status == PlatformAccount.Status.BLOCKED:
            # A token that lacked a right may have been the reason: it is freed once the new one is found valid.
            account.status = PlatformAccount.Status.NEEDS_TOKEN
        return ["credentials", "token_checked_at", "token_expires_at", "data_access_expires_at", "status"]

    def _held(self, account: PlatformAccount) -> dict[str, str]:
        try:
            return credentials_of(account) if account.pk else {}
        except VaultClosed as fault:
            self.stderr.write(f"{fault} Going on with the credentials given now alone.")
            return {}


def _address(platform: str, typed: str) -> str:
    try:
        return connectors.get(platform).address_from(typed)
    except BadAddress as fault:
        raise CommandError(f"address: {fault}") from fault


def _options(platform: str, words: list[str]) -> dict[str, object]:
    try:
        return account_options.chosen(platform, words)
    except ValueError as fault:
        raise CommandError(f"--option {fault}") from fault


def _asked(key: str) -> str:
    try:
        return getpass.getpass(f"{key}: ")
    except EOFError:
        raise CommandError(
            f"{key} was not given: there is no terminal to ask on, and no line for it on standard input. "
            "Nothing was stored; --credentials-file FILE takes it from a file."
        ) from None
