"""What the sandbox reads off the socket: bodies in chunks, and multipart as the vendors' own clients write it."""

import io
import socket

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from connectors.sandbox.stage.bodies import Unreadable, read_body
from connectors.sandbox.stage.wire import disposition
from tests.connectors.sandbox_calls import picture, telegram
from tests.support.silence import PATIENT

CHUNKED = {"Transfer-Encoding": "chunked"}
PHOTO = "/bot4242:sandbox-bot/sendPhoto"


def send(sandbox, head, body=b""):
    """The status of a POST written by hand."""
    host, port = sandbox.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENT[1]) as connection:
        connection.sendall(f"POST {PHOTO} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode() + body)
        return int(connection.recv(65536).split()[1])


def form(*parts, boundary="b"):
    """A multipart body of (what stands behind form-data, content)."""
    written = (
        f"--{boundary}\r\nContent-Disposition: form-data{head}\r\n\r\n".encode() + content for head, content in parts
    )
    return b"\r\n".join([*written, f"--{boundary}--\r\n".encode()])


def post_form(sandbox, *parts):
    """sendPhoto with a multipart body written by hand."""
    header = {"Content-Type": "multipart/form-data; boundary=b"}
    return requests.post(f"{sandbox.url}{PHOTO}", data=form(*parts), headers=header, timeout=PATIENT)


def test_an_upload_in_chunks_arrives_whole(sandbox):
    body = form(("; name=chat_id", b"@news_desk"), ('; name="photo"; filename="a.jpg"', picture(sandbox)))
    pieces = (body[start : start + 1000] for start in range(0, len(body), 1000))
    header = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = requests.post(f"{sandbox.url}{PHOTO}", data=pieces, headers=header, timeout=PATIENT)
    assert answer.json()["result"]["photo"][0]["width"] == 1080
    assert requests.get(sandbox.wall[0].media_url, timeout=PATIENT).content == picture(sandbox)


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=8), st.booleans())
def test_chunks_however_cut_give_the_body_that_was_cut(pieces, extended):
    more = b";name=value" if extended else b""
    written = b"".join(b"%X%s\r\n%s\r\n" % (len(piece), more, piece) for piece in pieces) + b"0\r\nExpires: 0\r\n\r\n"
    stream = io.BytesIO(written + b"next")
    assert read_body(stream, CHUNKED) == b"".join(pieces)
    assert stream.read() == b"next"


@pytest.mark.parametrize(
    ("written", "status"),
    [
        (b"x\r\nabc\r\n0\r\n\r\n", 400),
        (b"-3\r\nabc\r\n0\r\n\r\n", 400),
        (b"\r\nabc", 400),
        (b"3\r\nabcd\r\n0\r\n\r\n", 400),
        (b"3\r\nab", 400),
        (b"3\nabc\r\n0\r\n\r\n", 400),
        (b"1" * 3000, 400),
        (b"65\r\n" + b"a" * 101 + b"\r\n0\r\n\r\n", 413),
        (b"40\r\n" + b"a" * 64 + b"\r\n40\r\n" + b"a" * 64 + b"\r\n0\r\n\r\n", 413),
        (b"FFFFFFFF\r\n", 413),
        (b"0\r\n" + b"a: b\r\n" * 40 + b"\r\n", 400),
        (b"", 400),
    ],
)
def test_chunks_that_are_none_or_too_many_are_refused(written, status):
    with pytest.raises(Unreadable) as refusal:
        read_body(io.BytesIO(written), CHUNKED, largest=100)
    assert refusal.value.status == status


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("Transfer-Encoding: chunked\r\nContent-Length: 5", 400),
        ("Transfer-Encoding: gzip, chunked", 501),
        ("Content-Length: ²", 411),
    ],
)
def test_a_length_that_nobody_can_know_is_refused(sandbox, head, status):
    assert send(sandbox, head, b"0\r\n\r\n") == status


def test_the_bound_holds_for_chunks_too(sandbox):
    assert send(sandbox, "Transfer-Encoding: chunked", b"7FFFFFFF\r\n") == 413


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('form-data; name="photo"; filename="a.jpg"', {"name": "photo", "filename": "a.jpg"}),
        ("form-data; name=photo; filename=a.jpg", {"name": "photo", "filename": "a.jpg"}),
        ("form-data;name=photo;filename=a.jpg", {"name": "photo", "filename": "a.jpg"}),
        ('form-data; filename="a.jpg"; name="photo"', {"name": "photo", "filename": "a.jpg"}),
        ('form-data; NAME="photo"; FileName="a.jpg"', {"name": "photo", "filename": "a.jpg"}),
        ("form-data; name=photo; filename*=UTF-8''na%C3%AFve.jpg", {"name": "photo", "filename": "naïve.jpg"}),
        (
            "form-data; name=photo; filename=x.jpg; filename*=UTF-8'en'%E2%82%AC.jpg",
            {"name": "photo", "filename": "€.jpg"},
        ),
        ("form-data; name=photo; filename*=ISO-8859-1''%E9.jpg", {"name": "photo", "filename": "é.jpg"}),
        (r'form-data; name="photo"; filename="a\"b; name=c.jpg"', {"name": "photo", "filename": 'a"b; name=c.jpg'}),
        ("form-data; name=caption", {"name": "caption"}),
        ('form-data; name=""', {"name": ""}),
        ("form-data", {}),
    ],
)
def test_names_of_parts_are_read_however_they_are_written(header, expected):
    assert disposition(header) == expected


@pytest.mark.parametrize("name", ["; name=photo; filename=a.jpg", "; name=photo; filename*=UTF-8''%C3%A9.jpg"])
def test_a_file_whose_name_has_no_quotes_is_a_file(sandbox, name):
    answer = post_form(sandbox, ("; name=chat_id", b"@news_desk"), (name, picture(sandbox)))
    assert answer.json()["ok"], answer.text
    assert sandbox.wall[0].media_url


def test_a_part_with_the_type_of_bytes_is_a_file_also_without_a_name(sandbox):
    photo = "; name=photo\r\nContent-Type: application/octet-stream"
    answer = post_form(
        sandbox, ("; name=chat_id\r\nContent-Type: text/plain", b"@news_desk"), (photo, picture(sandbox))
    )
    assert answer.json()["ok"], answer.text


def test_a_file_may_have_any_name_that_the_parameter_points_at(sandbox):
    files = {"pic": ("a.jpg", picture(sandbox))}
    answer = telegram(sandbox, "sendPhoto", chat_id="@news_desk", photo="attach://pic", files=files)
    assert answer.json()["result"]["photo"][0]["width"] == 1080


@pytest.mark.parametrize(
    ("photo", "description"),
    [
        ("attach://other", "Bad Request: unknown parameter pic"),
        ("", "Bad Request: unknown parameter pic"),
    ],
)
def test_a_file_that_nothing_points_at_is_a_mistake(sandbox, photo, description):
    files = {"pic": ("a.jpg", picture(sandbox))}
    answer = telegram(sandbox, "sendPhoto", chat_id="@news_desk", photo=photo, files=files)
    assert (answer.status_code, answer.json()["description"]) == (400, description)
    assert sandbox.wall == []


def test_a_pointer_without_its_file_is_a_mistake(sandbox):
    answer = telegram(sandbox, "sendPhoto", chat_id="@news_desk", photo="attach://pic")
    assert answer.json()["description"] == "Bad Request: wrong file identifier/HTTP URL specified"


def test_a_picture_that_is_there_already_is_sent_again_by_its_id(sandbox):
    first = telegram(sandbox, "sendPhoto", chat_id="@news_desk", photo="https://example.com/a.jpg").json()["result"]
    again = telegram(sandbox, "sendPhoto", chat_id="@other_desk", photo=first["photo"][-1]["file_id"])
    assert again.json()["result"]["photo"] == first["photo"]
    assert sandbox.wall[0].media_url == sandbox.wall[1].media_url
