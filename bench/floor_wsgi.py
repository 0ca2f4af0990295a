"""The floor's server: our database settings, no middleware, one view."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zrg.settings")

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

settings.ROOT_URLCONF = "bench.floor_urls"
settings.MIDDLEWARE = []
application = get_wsgi_application()
