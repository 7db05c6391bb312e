"""The console's addresses: all of them are pages."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("console.pages.urls"))]
