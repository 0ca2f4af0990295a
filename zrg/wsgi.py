"""The WSGI entry of the product's web processes."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zrg.settings")

application = get_wsgi_application()
