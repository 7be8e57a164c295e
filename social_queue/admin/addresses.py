"""Pages of the desk that belong to no table: the log-in, and a person's own."""

from django.contrib import admin
from django.urls import include, path

from social_queue.admin import home
from social_queue.admin.beside import evidence
from social_queue.admin.importing import page as importing
from social_queue.admin.people import inviting, log_in, me
from social_queue.admin.review import page as review

_inside = admin.site.admin_view

urlpatterns = [
    path("", _inside(home.today), name="today"),
    path("login/", log_in.LogIn.as_view(), name="log-in"),
    path("login/code/", log_in.Code.as_view(), name="log-in-code"),
    path("queue/calendar/", include("social_queue.admin.calendar.addresses")),
    path("connect/", include("social_queue.admin.connect.addresses")),
    path("queue/import/", _inside(importing.page), name="import"),
    path("queue/approvals/", _inside(evidence.page), name="evidence"),
    path("queue/review/", _inside(review.overview), name="review"),
    path("queue/review/batch/", _inside(review.batch), name="review-batch"),
    path("queue/review/<int:number>/<slug:verb>/", _inside(review.decide), name="review-decide"),
    path("me/", _inside(me.overview), name="me"),
    path("me/habits/", _inside(me.keep_habits), name="me-habits"),
    path("me/hearing/", _inside(me.keep_hearing), name="me-hearing"),
    path("people/invitations/", _inside(inviting.overview), name="invitations"),
    path("people/invitations/<int:number>/revoke/", _inside(inviting.revoke), name="invitation-revoke"),
    path("invitation/<str:token>/", inviting.welcome, name="welcome"),
    path("password_change/", _inside(me.NewPassword.as_view()), name="me-password"),
    path("me/second-factor/", _inside(me.set_up), name="me-second-factor"),
    path("me/second-factor/codes/", _inside(me.renew_codes), name="me-recovery-codes"),
    path("me/second-factor/remove/", _inside(me.remove), name="me-remove-second-factor"),
    path("me/log-out-elsewhere/", _inside(me.end_other_sessions), name="me-log-out-elsewhere"),
]
