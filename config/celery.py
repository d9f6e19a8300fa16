"""The Celery application. Tasks only wake the sweeps; PostgreSQL or SQLite holds the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("nadkhet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
