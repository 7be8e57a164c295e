"""Addresses of the API."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from social_queue.api import accounts, events, lists, timing, views, webhooks
from social_queue.api.media import door as media
from social_queue.api.posts import door as posts

urlpatterns = [
    path("autopost/ingest", views.IngestView.as_view(), name="ingest"),
    path("autopost/preview", views.PreviewView.as_view(), name="preview"),
    path("autopost/cards", views.CardView.as_view(), name="cards"),
    path("autopost/media", media.MediaView.as_view(), name="media"),
    path("autopost/queue", lists.ItemListView.as_view(), name="items"),
    path("autopost/queue/<int:pk>", lists.ItemView.as_view(), name="item"),
    path("autopost/queue/<int:pk>/cancel", lists.CancelView.as_view(), name="cancel"),
    path("autopost/queue/<int:pk>/retry", lists.RetryView.as_view(), name="retry"),
    path("autopost/queue/<int:pk>/recall", lists.RecallItemView.as_view(), name="recall"),
    path("autopost/posts", lists.PostListView.as_view(), name="posts"),
    path("autopost/posts/<int:pk>", posts.PostView.as_view(), name="post"),
    path("autopost/posts/<int:pk>/recall", lists.RecallPostView.as_view(), name="recall-post"),
    path("autopost/events", events.EventsView.as_view(), name="events"),
    path("autopost/subscriptions", events.SubscriptionsView.as_view(), name="subscriptions"),
    path("autopost/subscriptions/<int:pk>", events.SubscriptionView.as_view(), name="subscription"),
    path("autopost/subscriptions/<int:pk>/resume", events.ResumeView.as_view(), name="subscription-resume"),
    path("autopost/subscriptions/<int:pk>/rotate", events.RotateView.as_view(), name="subscription-rotate"),
    path("autopost/accounts", accounts.AccountsView.as_view(), name="accounts"),
    path("autopost/accounts/<slug:slug>", accounts.AccountView.as_view(), name="account"),
    path("autopost/slots", timing.SlotsView.as_view(), name="slots"),
    path("autopost/series", timing.SeriesListView.as_view(), name="series-list"),
    path("autopost/series/<int:pk>", timing.SeriesView.as_view(), name="series"),
    path("autopost/series/<int:pk>/cancel", timing.SeriesCancelView.as_view(), name="series-cancel"),
    path("autopost/webhook/<str:source>", webhooks.WebhookView.as_view(), name="webhook"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    # Asked for its options the page, which is a template, would break.
    path(
        "docs/", SpectacularSwaggerSplitView.as_view(url_name="schema", http_method_names=["get", "head"]), name="docs"
    ),
    # Last: everything else is a 404 in our own shape.
    re_path("", views.NowhereView.as_view()),
]
