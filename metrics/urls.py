"""Public addresses: links and health."""

urlpatterns: list = []
