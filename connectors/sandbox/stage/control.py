"""The sandbox' own doors for other processes: scenarios, random faults, reset and the record of calls.

POST /_sandbox/scenario {"address", "scenario", "times"?, "seconds"?}
POST /_sandbox/faults {"latency"?, "rates"?, "seed"?, "everywhere"?} · POST /_sandbox/reset · GET /_sandbox/calls.json
"""

from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.scenarios import SCENARIOS
from connectors.sandbox.stage.wire import Answer, json_answer


def answer(exchange: Exchange) -> Answer:
    """Do what one of the control addresses asks; 400 with a sentence for what makes no sense."""
    request = exchange.request
    doors = {
        ("POST", "/_sandbox/scenario"): _scenario,
        ("POST", "/_sandbox/faults"): _faults,
        ("POST", "/_sandbox/reset"): _reset,
        ("GET", "/_sandbox/calls.json"): _calls,
        ("GET", "/_sandbox/scenarios.json"): _scenarios,
    }
    door = doors.get((request.method, request.path))
    if door is None:
        return json_answer(404, {"error": f"No such control: {request.method} {request.path}."})
    fields = request.json if request.media_type == "application/json" else request.form
    try:
        return door(exchange, fields if isinstance(fields, dict) else {})
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        return json_answer(400, {"error": str(error.args[0]) if error.args else "That makes no sense."})


def _scenario(exchange: Exchange, fields: dict) -> Answer:
    times, seconds = fields.get("times"), fields.get("seconds")
    exchange.world.scenarios.set(
        str(fields["address"]),
        str(fields["scenario"]),
        times=None if times in (None, "") else int(times),
        seconds=None if seconds in (None, "") else float(seconds),
    )
    return json_answer(200, {"address": str(fields["address"]), "scenario": fields["scenario"]})


def _faults(exchange: Exchange, fields: dict) -> Answer:
    rates = {str(name): float(rate) for name, rate in (fields.get("rates") or {}).items()}
    exchange.world.scenarios.set_faults(rates, seed=fields.get("seed"), everywhere=bool(fields.get("everywhere")))
    if fields.get("latency") is not None:
        exchange.world.latency = float(fields["latency"])
    return json_answer(200, {"rates": rates, "latency": exchange.world.latency})


def _reset(exchange: Exchange, _told: dict) -> Answer:
    exchange.world.reset()
    return json_answer(200, {"reset": True})


def _calls(exchange: Exchange, _told: dict) -> Answer:
    with exchange.world.lock:
        calls = [call.as_json() for call in exchange.world.calls]
    return json_answer(200, {"calls": calls, "creating_calls": sum(call["creates"] for call in calls)})


def _scenarios(_exchange: Exchange, _told: dict) -> Answer:
    listed = [{"name": one.name, "meaning": one.meaning, "platforms": one.platforms} for one in SCENARIOS.values()]
    return json_answer(200, {"scenarios": listed})
