"""Where the pages of connecting are; the callback's address is registered with the platforms and may not change."""

from django.urls import path

from social_queue.admin.connect import choosing, going, results, trials
from social_queue.admin.connect.guard import guarded

urlpatterns = [
    path("", guarded(choosing.overview), name="connect"),
    path("done", guarded(results.done), name="connect-done"),
    path("test/<int:account>", guarded(trials.send), name="connect-test"),
    path("test/<int:account>/<int:post>", guarded(trials.show), name="connect-tested"),
    path("test/<int:account>/<int:post>/take-back", guarded(trials.take_back), name="connect-take-back"),
    path("<slug:platform>/", guarded(choosing.platform), name="connect-platform"),
    path("<slug:platform>/start", guarded(going.start), name="connect-start"),
    path("<slug:platform>/pin", guarded(going.pin), name="connect-pin"),
    path("<slug:platform>/callback", guarded(results.callback), name="connect-callback"),
]
