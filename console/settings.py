"""The environment in, Django's settings out. Every knob of the product is named here, with its unit."""

from __future__ import annotations

import os
from pathlib import Path

from console import broker
from console.database import database
from console.environment import address, number, objects, whole
from console.secretkey import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("SHARDLIGHT_DATA", BASE_DIR / ".shardlight")).absolute()

SECRET_KEY = secret_key(os.environ.get("SHARDLIGHT_SECRET_KEY"), DATA_DIR / "secret-key")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("SHARDLIGHT_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("SHARDLIGHT_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "console",
    "console.accounts",
    "console.pages",
    "functions",
    "triggers",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "console.pages.assets.Assets",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "console.pages.middleware.content_security_policy",
    "console.pages.middleware.words_for_forms",
]
ROOT_URLCONF = "console.urls"
ASGI_APPLICATION = "console.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "console.pages.chrome.frame",
            ],
        },
    }
]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {
    "default": database(
        os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'shardlight.sqlite3'}"
    )
}
ON_SQLITE = DATABASES["default"]["ENGINE"] == "console.sqlite"

REDIS_URL = os.environ.get("REDIS_URL", "")
CELERY_BROKER_URL = broker.celery_url(REDIS_URL)
GATEWAY_URL = address("GATEWAY_URL", "http://127.0.0.1:4566")
GATEWAY_ITEM_THREADS = whole("SHARDLIGHT_ITEM_THREADS", 4 if ON_SQLITE else 16, least=1)
GATEWAY_ITEM_PATIENCE = 0.005 if ON_SQLITE else 0.0  # elsewhere a call waits for round trips
GATEWAY_WAITING_THREADS = whole("SHARDLIGHT_WAITING_THREADS", 96, least=1)

TABLE_DELAY_SECONDS = number("SHARDLIGHT_TABLE_DELAY", 0)
FUNCTION_DELAY_SECONDS = number("SHARDLIGHT_FUNCTION_DELAY", 0)
MAPPING_DELAY_SECONDS = number("SHARDLIGHT_MAPPING_DELAY", 1)
TTL_SWEEP_SECONDS = number("SHARDLIGHT_TTL_SWEEP", 5)
SHARDS_PER_STREAM = whole("SHARDLIGHT_SHARDS_PER_STREAM", 1, least=1)
SHARD_ROLLOVER_SECONDS = number("SHARDLIGHT_SHARD_ROLLOVER", 0)  # 0: never
LOG_RETENTION_DAYS = whole("SHARDLIGHT_LOG_RETENTION_DAYS", 14)
METRIC_RETENTION_DAYS = number("SHARDLIGHT_METRIC_RETENTION_DAYS", 15)
INVOCATION_RETENTION_HOURS = number("SHARDLIGHT_INVOCATION_RETENTION_HOURS", 24)
MOVE_RETENTION_DAYS = number("SHARDLIGHT_MOVE_RETENTION_DAYS", 14)
LOAD_RETENTION_HOURS = number("SHARDLIGHT_LOAD_RETENTION_HOURS", 24)
CODE_CACHE_HOURS = number("SHARDLIGHT_CODE_CACHE_HOURS", 1)
DRAFT_RETENTION_DAYS = number("SHARDLIGHT_DRAFT_RETENTION_DAYS", 30)
HISTORY_RETENTION_DAYS = number("SHARDLIGHT_HISTORY_RETENTION_DAYS", 30)
ACCOUNT_CONCURRENCY = whole("SHARDLIGHT_ACCOUNT_CONCURRENCY", 1000)
ENFORCE_POLICIES = os.environ.get("SHARDLIGHT_ENFORCE_POLICIES", "") == "1"  # of users
LEAST_ISOLATION = os.environ.get("SHARDLIGHT_LEAST_ISOLATION", "not isolated")
ASYNC_RETRY_SECONDS = number("SHARDLIGHT_ASYNC_RETRY", 60)
ENVIRONMENT_IDLE_SECONDS = number("SHARDLIGHT_ENVIRONMENT_IDLE", 300)
LANE_SLOTS = whole("SHARDLIGHT_LANE_SLOTS", 64, least=1)
INVOCATION_SLOTS = whole("SHARDLIGHT_INVOCATION_SLOTS", 64, least=1)
LEASE_SECONDS = number("SHARDLIGHT_LEASE", 30)
LINGER_SECONDS = number("SHARDLIGHT_LINGER", 10)
BACKOFF_CAP_SECONDS = number("SHARDLIGHT_BACKOFF_CAP", 60)
REMOTE_STREAMS = objects("SHARDLIGHT_REMOTE_STREAMS")
REMOTE_SHARDS = whole("SHARDLIGHT_REMOTE_SHARDS", 32)  # copied at once by a worker
HINT_LOSS = number("SHARDLIGHT_HINT_LOSS", 0)
