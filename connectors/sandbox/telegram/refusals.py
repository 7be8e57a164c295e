"""How the pretended Telegram says no.

https://core.telegram.org/bots/api#making-requests · https://core.telegram.org/bots/api#responseparameters
"""

from connectors.sandbox.stage.exchange import Exchange, Refusals
from connectors.sandbox.stage.scenarios import Day
from connectors.sandbox.stage.wire import Answer, Refused, json_answer


def telegram_error(status: int, description: str, **more: object) -> Answer:
    """The vendor's body; the HTTP status equals ``error_code``."""
    return json_answer(status, {"ok": False, "error_code": status, "description": description} | more)


def bad_request(text: str) -> Refused:
    """400 Bad Request: ..., ready to be raised."""
    return Refused(telegram_error(400, f"Bad Request: {text}"))


def moved_chat(chat_id: str) -> int:
    """The supergroup id that a group gets in the scenario ``migrate``."""
    digits = "".join(sign for sign in chat_id if sign.isdigit()) or "1"
    return -int(f"100{digits[-12:]}7")


def _rate_limited(_exchange: Exchange, day: Day) -> Answer:
    wait = max(1, round(day.seconds))
    answer = telegram_error(429, f"Too Many Requests: retry after {wait}", parameters={"retry_after": wait})
    answer.headers["Retry-After"] = str(wait)
    return answer


def _migrated(exchange: Exchange, _day: Day) -> Answer:
    return telegram_error(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        parameters={"migrate_to_chat_id": moved_chat(exchange.call.address)},
    )


REFUSALS: Refusals = {
    "refuse": lambda exchange, day: telegram_error(503, "Service Unavailable"),
    "rate_limit": _rate_limited,
    "token_expired": lambda exchange, day: telegram_error(401, "Unauthorized"),
    "reject": lambda exchange, day: telegram_error(400, "Bad Request: entities too long"),
    "server_error": lambda exchange, day: telegram_error(500, "Internal Server Error"),
    "blocked": lambda exchange, day: telegram_error(403, "Forbidden: bot was kicked from the channel chat"),
    "no_permission": lambda exchange, day: telegram_error(
        400, "Bad Request: not enough rights to send text messages to the chat"
    ),
    "migrate": _migrated,
    # So the server speaks of an album whose first pictures were let through; nothing is taken back.
    "partly_sent": lambda exchange, day: telegram_error(
        400, 'Bad Request: Failed to send message #2 with the error message "Wrong file identifier/HTTP URL specified"'
    ),
}
