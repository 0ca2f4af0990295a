"""Django's settings of the sandbox process: no database, no product app, nothing to sign in to."""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from zrg import env

if env.text("ZRG_ENV", "production") == "production":
    raise ImproperlyConfigured(
        "The sandbox plays the providers and has no place in production. Set ZRG_ENV=development."
    )

DATA_DIR = Path(env.text("ZRG_DATA_DIR", str(Path(__file__).resolve().parents[2] / ".local"))).resolve()
SECRET_KEY = get_random_secret_key()  # nothing outlives the process: no sessions, no cookies
DEBUG = False
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")  # a foreign name: DNS rebinding
ROOT_URLCONF = "integrations.sandbox.urls"
MIDDLEWARE = ["integrations.sandbox.gate.OwnPagesOnly", "django.middleware.common.CommonMiddleware"]
INSTALLED_APPS: list[str] = []
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).with_name("templates")],
        "OPTIONS": {"builtins": ["integrations.sandbox.template_words"]},
    }
]
APPEND_SLASH = False  # the providers tell /contacts/ from /contacts
USE_TZ = True
TIME_ZONE = "UTC"
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024  # EmailBison takes attachments of 25 MB together
