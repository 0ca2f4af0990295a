"""The WSGI entry of the product's web processes."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zrg.settings")

application = get_wsgi_application()

# Everything is loaded before the first request, which so is as quick as the next, and set aside for good: the collector
# has no need to walk through half a million lasting objects in the middle of somebody's request.
_ = get_resolver().reverse_dict
gc.collect()
gc.freeze()
