"""The pretended Facebook, Instagram, Telegram, X and Bitly on one local port, to try Autopost before owning a token.

Written from the vendors' documentation and from recorded answers; imports no connector. It promises:

- What a vendor's page names for a call that is pretended is taken as other people's clients send it: bodies in chunks,
  multipart however written, parameters by query, form or JSON. ``tests/clients`` proves it with unmodified clients.
- Where a vendor silently ignores an unknown parameter, the sandbox refuses it: a typing error should be found here and
  not on the real thing. What is documented but not pretended says "not pretended here", and blames neither token nor
  spelling.
- Telegram: getMe, getUpdates, getWebhookInfo, getChat, getChatMember, sendMessage, sendPhoto, editMessageText,
  editMessageCaption, deleteMessage, deleteMessages; HTML as the server reads it and entities, no Markdown. Facebook:
  photos, posts, their lists, any node by its id. Instagram: single pictures from container to published, their list,
  the quota. Both: Graph v18 to v27, debug_token, trading tokens. X: posts made, corrected, answered, read and deleted,
  timelines, users, uploads in one go and in pieces, alternative text; lengths as twitter-text 3.1 counts them. Bitly:
  shorten, user, limits.
- Log-ins: Facebook's dialog, Instagram's, and X's three legs, with a pretended person (``stage.person``) who can allow,
  refuse, leave out a right or tick the wrong Page, and a list of what goes wrong afterwards.
- Nothing is published twice or lost but by a scenario that says so, and ``wall`` tells what is really out.

    with Sandbox() as sandbox:
        sandbox.scenario("1029384756", "accept_then_hang_up", times=1)
        requests.post(f"{sandbox.url}/v26.0/1029384756/feed", data={...})
        assert len(sandbox.wall) == 1
"""

from connectors.sandbox.server import Sandbox
from connectors.sandbox.stage.scenarios import SCENARIO_NAMES, SCENARIOS, WAITS, Scenario
from connectors.sandbox.stage.world import PLATFORMS, Call, Posting

__all__ = ["PLATFORMS", "SCENARIOS", "SCENARIO_NAMES", "WAITS", "Call", "Posting", "Sandbox", "Scenario"]
