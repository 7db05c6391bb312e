"""The Django app of everything that runs."""

from __future__ import annotations

from django.apps import AppConfig


class FunctionsConfig(AppConfig):
    name = "functions"
