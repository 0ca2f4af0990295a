"""The floor's server: our database settings, no middleware, one view."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zrg.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402

settings.ROOT_URLCONF = "bench.floor_urls"
settings.MIDDLEWARE = []
application = WSGIHandler()
