"""Every error under /api/ in one shape: {"error": {"code", "message", "fields"}}."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from social_queue.api.openapi import codes
from social_queue.intake.receipts import Receipt, problem
from social_queue.upkeep import charset, outage_log
from social_queue.workings import outages

logger = logging.getLogger(__name__)

_AGAIN_IN_S = 5
_LETTER = (
    "The database of this site can't hold a letter of this text, such as an emoji; the same request will be refused "
    "again. `manage.py doctor` names the statements that mend it."
)


class ApiProblem(exceptions.APIException):
    """A refusal with its status, its code for machines and its sentence."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status_code = status
        self.body = problem(code, message, **more)


def refuse(receipt: Receipt) -> ApiProblem:
    """A receipt that is an error, ready to be raised."""
    fault = ApiProblem(receipt.status_code, "", "")
    fault.body = receipt.body
    return fault


def handle(fault: Exception, context: dict) -> Response:
    """The framework's handler, which lets nothing through in another shape, least of all a fault of our own."""
    if isinstance(fault, ApiProblem):
        return Response(fault.body, status=fault.status_code)
    if isinstance(fault, Http404):
        fault = exceptions.NotFound("There is no such thing here.")
    known = exception_handler(fault, context)
    if known is None:
        return _our_fault(fault, context)
    code = fault.get_codes() if isinstance(fault, exceptions.APIException) else "error"
    known.data = problem(codes.known(code), str(getattr(fault, "detail", fault)))
    return known


def _our_fault(fault: Exception, context: dict) -> Response:
    request = context["request"]
    # While the database is away everybody meets it, and where it went wrong says nothing.
    if not outage_log.refused(fault, request, now=timezone.now()):
        where = None if outages.is_outage(fault) else fault
        logger.error("%s %s failed: %s", request.method, request.path, fault, exc_info=where)
    if charset.refused_a_letter(fault):
        return Response(problem("error", _LETTER), status=500)
    if isinstance(fault, OperationalError | InterfaceError):
        body = problem("unavailable", "The database can't be reached at the moment. Send the same request again.")
        return Response(body, status=503, headers={"Retry-After": str(_AGAIN_IN_S)})
    return Response(problem("error", "That was our fault; it has been logged."), status=500)


class JsonErrors:
    """Middleware: what Django itself refuses under /api/, before any view of ours is asked, is answered in JSON too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_ours = response.get("Content-Type", "").startswith("application/json")
        if response.status_code < 400 or is_ours or not request.path.startswith("/api/"):
            return response
        status = HTTPStatus(response.status_code)
        told = {name: value for name, value in response.items() if name not in ("Content-Type", "Content-Length")}
        return JsonResponse(problem(codes.known(status.name.lower()), f"{status.phrase}."), status=status, headers=told)
