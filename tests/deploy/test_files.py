"""The files for web servers and systemd: what the site relies on in them."""

import re

import pytest

from social_queue.admin.pieces.picture_field import LARGEST_UPLOAD
from social_queue.media import originals
from tests.support.environment import ROOT

DEPLOY = ROOT / "deploy"
#: Where whole videos come in.
UPLOADS = ("/api/autopost/media", "/admin/queue/queueitem/keep/")
UNITS = ["autopost-web.service", "autopost-worker.service"]


def nginx() -> str:
    return re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text())


def caddy() -> str:
    return re.sub(r"#.*", "", (DEPLOY / "Caddyfile").read_text())


def locations() -> dict[str, str]:
    """What stands in each location block of the nginx file."""
    return dict(re.findall(r"location\s+(?:=\s+)?(\S+)\s*\{([^}]*)\}", nginx()))


def number(pattern: str, text: str) -> int:
    [found] = re.findall(pattern, text)
    return int(found)


def test_nginx_sets_the_caller_s_address_for_every_location():
    """Headers are inherited only by a location that sets none of its own (nginx.org, proxy_set_header)."""
    before = nginx().split("location", 1)[0]
    for header in ("X-Real-IP $remote_addr", "X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme"):
        assert f"proxy_set_header {header};" in before
    passing = {place: body for place, body in locations().items() if "proxy_pass" in body}
    assert set(passing) == {"/", "/metrics", "/admin/", "/admin/login/", "/api/autopost/webhook/", *UPLOADS}
    assert not any("proxy_set_header" in body for body in passing.values())


def test_caddy_sets_the_caller_s_address():
    assert re.search(r"reverse_proxy [^{]*\{[^}]*header_up X-Real-IP \{remote_host\}", caddy())


def test_neither_hands_on_half_a_request():
    assert "proxy_request_buffering on;" in nginx() and "proxy_request_buffering off" not in nginx()
    assert re.search(r"client_body_timeout \d+s;", nginx()) and re.search(r"client_header_timeout \d+s;", nginx())
    assert re.search(r"reverse_proxy [^{]*\{.*buffer_requests\s+max_buffer_size 32MB", caddy(), re.DOTALL)
    assert re.search(r"timeouts \{\s*read_header \d+s\s+read_body \d+s", caddy())


def test_a_picture_that_the_desk_takes_passes_both_web_servers_and_strangers_send_less():
    """A form is a little longer than its file. Nothing but the desk takes more than 1 MiB; it says so itself."""
    most = LARGEST_UPLOAD + 1024 * 1024
    before, desk = nginx().split("location", 1)[0], locations()["/admin/"]
    assert number(r"client_max_body_size (\d+)m;", desk) * 1024 * 1024 > most
    assert number(r"client_max_body_size (\d+)m;", before) * 1024 * 1024 < LARGEST_UPLOAD
    assert "client_max_body_size" not in locations()["/api/autopost/webhook/"]

    assert re.search(r"@desk \{\s*path /admin/\*", caddy()) and "@others not path /admin/*" in caddy()
    assert number(r"request_body @desk \{\s*max_size (\d+)MB", caddy()) * 1000 * 1000 > most
    assert number(r"request_body @others \{\s*max_size (\d+)MB", caddy()) * 1000 * 1000 < LARGEST_UPLOAD
    assert number(r"max_buffer_size (\d+)MB", caddy()) >= number(r"request_body @desk \{\s*max_size (\d+)MB", caddy())


def test_a_video_passes_both_web_servers_and_never_through_caddy_s_memory():
    most = max(originals.LARGEST.values()) + 1024 * 1024
    for place in UPLOADS:
        assert number(r"client_max_body_size (\d+)m;", locations()[place]) * 1024 * 1024 > most
    assert f"@uploads path {' '.join(UPLOADS)}" in caddy()
    assert number(r"request_body @uploads \{\s*max_size (\d+)MB", caddy()) * 1000 * 1000 > most
    [passed_on] = re.findall(r"handle @uploads \{(.*?)\n\t\}", caddy(), re.DOTALL)
    assert "header_up X-Real-IP {remote_host}" in passed_on and "buffer" not in passed_on


def test_caddy_waits_for_a_picture_on_a_slow_line():
    """20 MiB at one megabit a second."""
    assert number(r"read_body (\d+)s", caddy()) > LARGEST_UPLOAD * 8 / 1_000_000


def test_nginx_limits_how_often_the_log_in_and_the_webhooks_are_tried():
    zones = set(re.findall(r"limit_req_zone \$binary_remote_addr zone=(\w+):", nginx()))
    used = {place: re.findall(r"limit_req zone=(\w+)", body) for place, body in locations().items()}
    assert used["/admin/login/"] == ["autopost_log_in"] and used["/api/autopost/webhook/"] == ["autopost_webhook"]
    assert zones == {"autopost_log_in", "autopost_webhook"} and "limit_req_status 429;" in nginx()


def test_what_is_uploaded_runs_nothing_in_a_browser():
    assert "Content-Security-Policy" in locations()["/media/"] and "nosniff" in locations()["/media/"]
    of_caddy = re.search(r"handle_path /media/\* \{([^}]*)\}", caddy())[1]
    assert "Content-Security-Policy" in of_caddy and "nosniff" in of_caddy


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_keeps_its_files_to_itself_and_needs_no_powers(unit):
    lines = (DEPLOY / unit).read_text().splitlines()
    wanted = {"UMask=0027", "StateDirectoryMode=0750", "CapabilityBoundingSet=", "SystemCallFilter=@system-service"}
    wanted |= {"PrivateDevices=true", "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX", "NoNewPrivileges=true"}
    wanted |= {"ProtectSystem=strict", "ProtectHome=true", "User=autopost"}
    assert wanted - set(lines) == set()


def test_pictures_can_not_take_all_the_memory():
    assert any(re.fullmatch(r"MemoryMax=\d+G", line) for line in (DEPLOY / UNITS[1]).read_text().splitlines())


def test_the_deployment_page_says_what_these_files_rely_on():
    page = (ROOT / "docs" / "deployment.md").read_text()
    for words in (
        "gunicorn must never face callers",
        "`/media/` is public",
        "-m 700",
        "REQUIRE_2FA",
        "reset_second_factor",
    ):
        assert words in page, words
