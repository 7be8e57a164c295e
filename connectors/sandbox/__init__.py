"""The pretended Facebook, Instagram, Telegram, X and Bitly on one local port, to try Autopost before owning a token.

Written from the vendors' documentation and from recorded answers; imports no connector. Where a vendor silently ignores
an unknown parameter, the sandbox refuses it: a typing error should be found here and not on the real thing.

    with Sandbox() as sandbox:
        sandbox.scenario("1029384756", "accept_then_hang_up", times=1)
        requests.post(f"{sandbox.url}/v26.0/1029384756/feed", data={...})
        assert len(sandbox.wall) == 1
"""

from connectors.sandbox.scenarios import SCENARIO_NAMES, SCENARIOS, WAITS, Scenario
from connectors.sandbox.server import Sandbox
from connectors.sandbox.world import PLATFORMS, Call, Posting

__all__ = ["PLATFORMS", "SCENARIOS", "SCENARIO_NAMES", "WAITS", "Call", "Posting", "Sandbox", "Scenario"]
