"""The WSGI application that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# What was imported stays for ever: looking through it for garbage again and again would stop all
# requests of the worker for a tenth of a second each time.
gc.collect()
gc.freeze()
