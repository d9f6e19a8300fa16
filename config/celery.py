"""The Celery application. Tasks only wake the sweeps; PostgreSQL or SQLite holds the truth."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
TRANSPORT_ALIASES["filesystem"] = "core.broker:Transport"

app = Celery("nadkhet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
