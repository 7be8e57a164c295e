"""The numbers of Meta's Graph API and of Instagram, and what each means for us.

Facts and where they stand:
- codes: https://developers.facebook.com/docs/graph-api/guides/error-handling
- limits and how long they last: ``connectors.vendors.meta.limits``
- Instagram's subcodes:
  https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes
- seen by public clients only: 490, 1363047, 1609010, 1349125, 1390008, 1404xxx. A subcode can mean another thing on
  another edge, so people are shown Meta's own sentence, never one of ours.
- 2500 is an unknown version or path, and also a call without a token

Facebook has answered 500 with code 2 and published all the same, so a creating call that ends with code 1, 2, -1, -2
or any 5xx is an unknown outcome. Code 20 has come after the thing was made; 506 and 1366051 ("the same again") may
speak of our own lost answer: unknown too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.errors import (
    AccountBlocked,
    ConnectorError,
    NotReady,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    RepeatRefused,
    SiteFault,
    TokenInvalid,
    TransientError,
)
from connectors.vendors.meta.limits import LONG_WAIT, UNTOLD_WAIT

#: Meta asks to look at a container once a minute.
CONTAINER_WAIT = 60


@dataclass(frozen=True)
class Meaning:
    """One of our errors; ``creating`` is taken instead when the call had an irreversible effect."""

    error: type[ConnectorError]
    creating: type[ConnectorError] | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)


LOST = Meaning(TransientError, creating=OutcomeUnknown)
PERHAPS_DONE = Meaning(Rejected, creating=OutcomeUnknown)
REPEATED = Meaning(Rejected, creating=RepeatRefused)
AGAIN = Meaning(TransientError)
NOT_YET = Meaning(NotReady, evidence={"retry_after": CONTAINER_WAIT})
LIMIT = Meaning(RateLimited, evidence={"retry_after": UNTOLD_WAIT})
LONG_LIMIT = Meaning(RateLimited, evidence={"retry_after": LONG_WAIT})
TOKEN = Meaning(TokenInvalid)
PERMISSION = Meaning(AccountBlocked, evidence={"reason": "permission"})
POLICY = Meaning(AccountBlocked, evidence={"reason": "policy"})
CHECKPOINT = Meaning(AccountBlocked, evidence={"reason": "checkpoint"})
SETUP = Meaning(AccountBlocked, evidence={"reason": "setup"})
CONTENT = Meaning(Rejected)
SITE = Meaning(SiteFault)


def _table(*rows: tuple[Meaning, Iterable[int]]) -> dict[int, Meaning]:
    return {number: meaning for meaning, numbers in rows for number in numbers}


#: Code 368 stops an account, whatever its subcode: posting on makes it worse. With this one it only says "too fast".
TOO_FAST = 1390008
CHECKPOINTS = _table((CHECKPOINT, (1404006, 1404078, 4854002)))

#: Numbers this large mean the same as code or as subcode; small subcodes (33, 463, 493) only qualify their code.
SUBCODES = (
    _table(
        # Instagram
        (LOST, (2207001, 2207032, 2207053, 2207077, 2207081, 2207082, 2207085)),
        (AGAIN, (2207003, 2207008, 2207020, 2207052)),
        (NOT_YET, (2207027,)),
        (LONG_LIMIT, (2207042,)),
        (POLICY, (2207051,)),
        (CHECKPOINT, (2207050,)),
        (CONTENT, (2207004, 2207005, 2207006, 2207009, 2207010, 2207023, 2207026, 2207028)),
        (CONTENT, (2207035, 2207036, 2207037, 2207040, 2207057, 2207073)),
        # Facebook
        (POLICY, range(1404000, 1405000)),
        (CONTENT, (1346003, 1366046, 1609008, 2061006, 2069019)),
        (REPEATED, (1366051,)),
        (AGAIN, (1609005,)),
        (LOST, (1363047, 1609010)),
        (LONG_LIMIT, (1349125, TOO_FAST)),
    )
    | CHECKPOINTS
)

CODES = _table(
    (LOST, (1, 2, -1, -2, 6001)),
    # Videos: the file could not be fetched; it is too small, or another one is wanted.
    (AGAIN, (389,)),
    (CONTENT, (382, 6000)),
    (CONTENT, (3, 24, 100, 324, 352, 9004, 36000, 36001, 36003, 36004)),
    (LONG_LIMIT, (9,)),
    (LIMIT, (4, 17, 32, 341, 613, *range(80000, 80015))),
    (PERMISSION, (10, *range(200, 300))),
    (CONTENT, (120, 220, 240, 321)),
    (PERHAPS_DONE, (20,)),
    (REPEATED, (506,)),
    (CHECKPOINT, (25,)),
    (TOKEN, (102, 104, 190, 490)),
    (NOT_YET, (9007,)),
    (SITE, (2500,)),
)
