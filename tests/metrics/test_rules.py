"""The rules for Prometheus and the dashboard: about figures that exist, and played by promtool."""

import re
from collections import Counter

import pytest
import yaml

from tests.metrics.test_prometheus import DASHBOARD, own_spool, token  # noqa: F401 - fixtures
from tests.support import promtool
from tests.support.environment import ROOT

RULES = ROOT / "docs" / "prometheus" / "alerts.yml"
PLAYED = ROOT / "tests" / "metrics" / "alerts_test.yml"


def _rules() -> dict[str, dict]:
    [group] = yaml.safe_load(RULES.read_text())["groups"]
    return {rule["alert"]: rule for rule in group["rules"]}


@pytest.mark.parametrize("file", [RULES, DASHBOARD, PLAYED], ids=lambda file: file.name)
def test_only_figures_that_exist_are_asked_for(file):
    named = set(re.findall(r"autopost_[a-z_]+", file.read_text()))
    sources = [(ROOT / "metrics" / name).read_text() for name in ("prometheus.py", "machinery.py")]
    families = {name for source in sources for name in re.findall(r'"(autopost_[a-z_]+)"', source)}
    assert {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in named} <= families
    assert len(families) > 12


def test_every_rule_is_seen_to_keep_still_and_to_speak():
    seen = Counter()
    for play in yaml.safe_load(PLAYED.read_text())["tests"]:
        seen.update((one["alertname"], bool(one["exp_alerts"])) for one in play.get("alert_rule_test", []))
    assert {name for name, speaks in seen if speaks} == set(_rules())
    assert {name for name, speaks in seen if not speaks} == set(_rules())


def test_two_web_hosts_that_say_the_same_make_one_alert():
    """A figure of the site counts once; only what is a host's own carries its instance."""
    of_a_host = {"AutopostUnreachable", "AutopostClicksWait", "AutopostDiskLow", "AutopostDiskFull"}
    for name, rule in _rules().items():
        outer = re.findall(r"(?:min|max) by \(([^)]*)\)", rule["expr"])
        assert name == "AutopostUnreachable" or (outer and all("job" in labels for labels in outer)), name
        assert any("instance" in labels for labels in outer) is (name in of_a_host - {"AutopostUnreachable"}), name
        assert rule["for"] and rule["labels"]["severity"] in ("page", "ticket")


@pytest.mark.promtool
def test_prometheus_takes_the_rules():
    done = promtool.run("check", "rules", str(RULES))
    assert done.returncode == 0 and f"{len(_rules())} rules found" in done.stdout, done.stdout


@pytest.mark.promtool
def test_the_rules_do_what_they_say():
    done = promtool.run("test", "rules", str(PLAYED))
    assert done.returncode == 0, done.stdout


@pytest.mark.promtool
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("min by (job) (autopost_tick_age_seconds) > 180", "autopost_tick_age_seconds > 180"),
        ("max by (job, platform) (autopost_posts", "sum by (job, platform) (autopost_posts"),
        ("for: 35m", "for: 5m"),
        ("> 0.5 *", "> 0.8 *"),
        ("max by (job) (autopost_broker_up)", "min by (job) (autopost_broker_up)"),
    ],
)
def test_a_wrong_rule_does_not_pass_the_play(tmp_path, right, wrong):
    rules, play = tmp_path / "alerts.yml", tmp_path / "play.yml"
    assert right in RULES.read_text()
    rules.write_text(RULES.read_text().replace(right, wrong))
    play.write_text(PLAYED.read_text().replace("../../docs/prometheus/alerts.yml", "alerts.yml"))
    assert promtool.run("test", "rules", str(play)).returncode != 0


@pytest.mark.promtool
@pytest.mark.django_db
def test_prometheus_takes_what_we_say(client, token, facebook_account):  # noqa: F811
    said = client.get("/metrics", headers={"authorization": f"Bearer {token}"}).content
    done = promtool.run("check", "metrics", told=said)
    assert done.returncode == 0, done.stdout
