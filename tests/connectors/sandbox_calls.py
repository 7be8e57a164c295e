"""The calls that sandbox tests make, with good parameters unless told otherwise; written without any connector."""

import requests
from requests_oauthlib import OAuth1

from tests.support.silence import PATIENT

PAGE_TOKEN = "sandbox-page-token"
APP_TOKEN = "sandbox-app|sandbox-app-secret"
ADDRESSES = {
    "facebook": "102938",
    "instagram": "17841400",
    "telegram": "@news_desk",
    "twitter": "news_desk",
    "bitly": "b",
}


def graph_get(sandbox, path, *, version="v26.0", token=PAGE_TOKEN, **parameters):
    """GET on the pretended Graph API."""
    parameters = {"access_token": token, **parameters} if token else parameters
    return requests.get(f"{sandbox.url}/{version}/{path}", params=parameters, timeout=PATIENT)


def graph_post(sandbox, path, *, version="v26.0", token=PAGE_TOKEN, files=None, headers=None, **parameters):
    """POST on the pretended Graph API."""
    parameters = {"access_token": token, **parameters} if token else parameters
    url = f"{sandbox.url}/{version}/{path}"
    return requests.post(url, data=parameters, files=files, headers=headers, timeout=PATIENT)


def error_of(response):
    """(HTTP status, code, subcode) of a Graph error."""
    error = response.json()["error"]
    return response.status_code, error["code"], error.get("error_subcode")


def container(sandbox, account="17841400", *, image=None, **parameters):
    """The answer to making an Instagram container."""
    image = image or f"{sandbox.url}/_media/sample/photo.jpg"
    return graph_post(sandbox, f"{account}/media", image_url=image, **parameters)


def telegram(sandbox, method, *, token="4242:sandbox-bot", files=None, headers=None, **parameters):
    """One Bot API call, as a form."""
    url = f"{sandbox.url}/bot{token}/{method}"
    return requests.post(url, data=parameters, files=files, headers=headers, timeout=PATIENT)


def signed(handle="news_desk", *, secret="sandbox-secret", token_secret="sandbox-token-secret", key="sandbox-key"):
    """The OAuth 1.0a signature of a handle."""
    return OAuth1(key, secret, f"sandbox-{handle}", token_secret)


def x_post(sandbox, handle="news_desk", *, headers=None, **body):
    """POST /2/tweets"""
    url = f"{sandbox.url}/2/tweets"
    return requests.post(url, json=body, auth=signed(handle), headers=headers, timeout=PATIENT)


def x_get(sandbox, path, handle="news_desk", **parameters):
    """GET on the pretended X API."""
    return requests.get(f"{sandbox.url}/2/{path}", params=parameters, auth=signed(handle), timeout=PATIENT)


def shorten(sandbox, long_url="https://example.com/a", *, token="sandbox-b", headers=None, **body):
    """POST /v4/shorten"""
    headers = {"Authorization": f"Bearer {token}", **(headers or {})}
    body = {"long_url": long_url, **body}
    return requests.post(f"{sandbox.url}/v4/shorten", json=body, headers=headers, timeout=PATIENT)


def picture(sandbox, name="photo.jpg"):
    """The bytes of a sample picture."""
    return requests.get(f"{sandbox.url}/_media/sample/{name}", timeout=PATIENT).content


def post_once(sandbox, platform, address, *, text="Olympus https://example.com/go/aB3dE5fG", headers=None):
    """The one irreversible call of a platform (for Bitly: shortening), with whatever must be prepared before it."""
    if platform == "facebook":
        return graph_post(sandbox, f"{address}/feed", message=text, headers=headers)
    if platform == "instagram":
        made = container(sandbox, address, caption=text).json()
        return graph_post(sandbox, f"{address}/media_publish", creation_id=made.get("id", "?"), headers=headers)
    if platform == "telegram":
        return telegram(sandbox, "sendMessage", chat_id=address, text=text, headers=headers)
    if platform == "twitter":
        return x_post(sandbox, address, text=text, headers=headers)
    return shorten(sandbox, token=f"sandbox-{address}", headers=headers)
