"""The door /health: for load balancers, watchdogs and people in a hurry."""

import functools

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from social_queue.upkeep import health_report, outage_log


@csrf_exempt
@require_safe
def health_view(request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503; ``?ready`` asks only whether this process can serve."""
    now = timezone.now()
    told = functools.partial(outage_log.refused, request=request, now=now)
    report = health_report.ready(told=told) if "ready" in request.GET else health_report.report(now, told=told)
    answer = JsonResponse(report, status=200 if report["ok"] else 503)
    answer.headers["Cache-Control"] = "no-store"
    return answer
