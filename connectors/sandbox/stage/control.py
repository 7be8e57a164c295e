"""The sandbox' own doors for other processes: scenarios, random faults, reset and the record of calls.

POST /_sandbox/scenario {"address", "scenario", "times"?, "seconds"?}
POST /_sandbox/faults {"latency"?, "rates"?, "seed"?} · POST /_sandbox/reset · GET /_sandbox/calls.json
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
    told = request.json if request.media_type == "application/json" else request.form
    try:
        return door(exchange, told if isinstance(told, dict) else {})
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        return json_answer(400, {"error": str(error.args[0]) if error.args else "That makes no sense."})


def _scenario(exchange: Exchange, told: dict) -> Answer:
    times, seconds = told.get("times"), told.get("seconds")
    exchange.world.scenarios.set(
        str(told["address"]),
        str(told["scenario"]),
        times=None if times in (None, "") else int(times),
        seconds=None if seconds in (None, "") else float(seconds),
    )
    return json_answer(200, {"address": str(told["address"]), "scenario": told["scenario"]})


def _faults(exchange: Exchange, told: dict) -> Answer:
    rates = {str(name): float(rate) for name, rate in (told.get("rates") or {}).items()}
    exchange.world.scenarios.set_faults(rates, seed=told.get("seed"))
    if told.get("latency") is not None:
        exchange.world.latency = float(told["latency"])
    return json_answer(200, {"rates": rates, "latency": exchange.world.latency})


def _reset(exchange: Exchange, _told: dict) -> Answer:
    exchange.world.reset()
    return json_answer(200, {"reset": True})


def _calls(exchange: Exchange, _told: dict) -> Answer:
    with exchange.world.lock:
        calls = [call.as_json() for call in exchange.world.calls]
    return json_answer(200, {"calls": calls, "creating_calls": sum(call["creates"] for call in calls)})


def _scenarios(_exchange: Exchange, _told: dict) -> Answer:
    told = [{"name": one.name, "meaning": one.meaning, "platforms": one.platforms} for one in SCENARIOS.values()]
    return json_answer(200, {"scenarios": told})
