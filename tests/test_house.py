"""What the files at the top of the project promise."""

import ast

import pytest
from django.conf import settings
from django.db import connection

from tests.support import environment

SETTINGS = (environment.ROOT / "autopost_site" / "settings.py").read_text()


def _settings_read() -> set[str]:
    """The names handed to settings.read and settings.platform_address."""
    calls = [node for node in ast.walk(ast.parse(SETTINGS)) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ("read", "platform_address")]
    return {call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)}


def test_the_example_file_names_exactly_the_settings_that_are_read():
    assert set(environment.documented()) == _settings_read()


def test_every_setting_of_the_example_file_stands_under_a_comment():
    lines = environment.EXAMPLE.read_text().splitlines()
    bare = [line for before, line in zip(lines, lines[1:], strict=False) if "=" in line and not before]
    assert bare == []


def test_a_copy_of_the_example_file_changes_no_default(example_defaults):
    given, default = example_defaults
    assert given == default


@pytest.fixture
def example_defaults():
    """The settings' values with .env.example in force, and with no file at all."""
    return _values(environment.documented(), without=environment.switched_off()), _values({}, without=set())


def _values(given: dict[str, str], *, without: set[str]) -> dict:
    import decouple

    class Given(decouple.RepositoryEmpty):
        def __contains__(self, key):
            return key in given and key not in without

        def __getitem__(self, key):
            return given[key]

    held, decouple.config.config = decouple.config.config, decouple.Config(Given())
    hidden = {
        name: environment.os.environ.pop(name) for name in environment.documented() if name in environment.os.environ
    }
    try:
        space = {"__name__": "settings_on_trial", "__file__": str(environment.ROOT / "autopost_site" / "settings.py")}
        exec(compile(SETTINGS, "settings.py", "exec"), space)  # noqa: S102
    finally:
        decouple.config.config = held
        environment.os.environ.update(hidden)
    return {name: value for name, value in space.items() if name.isupper()}


def test_the_tests_see_neither_the_developers_settings_nor_a_real_platform():
    addresses = [settings.FACEBOOK_API_URL, settings.INSTAGRAM_API_URL, settings.TELEGRAM_API_URL, settings.X_API_URL]
    assert set(addresses) == {environment.NOWHERE}
    assert settings.TELEGRAM_ALERT_BOT_TOKEN == ""


@pytest.mark.django_db
def test_the_database_of_the_tests_is_not_the_developers():
    name = str(connection.settings_dict["NAME"])
    assert "test" in name and str(environment.ROOT) not in name
