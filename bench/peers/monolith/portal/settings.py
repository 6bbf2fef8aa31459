"""Settings as for production: no debugging, kept connections, cached templates."""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).parent

SECRET_KEY = os.environ["MONOLITH_SECRET"]
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
INSTALLED_APPS = ["procrastinate.contrib.django", "portal"]
# No more than what such a portal needs. Clients have no account of Django's: a device's secret
# lies in a cookie and its hash in a row, so that it can be signed out from elsewhere.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.middleware.security_headers",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portal.middleware.signed_in_device",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["MONOLITH_DATABASE"],
        "USER": os.environ["MONOLITH_USER"],
        "HOST": os.environ["MONOLITH_SOCKET"],
        "PORT": os.environ["MONOLITH_PORT"],
        # A connection for each of gunicorn's threads, kept for ever. Statements are sent with
        # their parameters apart and prepared after a few times: this was the cheapest of all
        # ways that Django offers, a pool included.
        "CONN_MAX_AGE": None,
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 5},
    }
}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "portal.words.environment",
            "auto_reload": False,
            "trim_blocks": True,
            "lstrip_blocks": True,
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "django",
        "APP_DIRS": True,
        "OPTIONS": {"builtins": ["django.templatetags.i18n", "portal.words"]},
    },
]
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ.get("MONOLITH_SMTP_PORT", "25"))
DEFAULT_FROM_EMAIL = "portal@example.org"
BASE_URL = os.environ.get("MONOLITH_URL", "http://127.0.0.1")
SESSION_SECONDS = 3600
PROCRASTINATE_WORKER_DEFAULTS = {"concurrency": 4, "delete_jobs": "successful"}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"]
