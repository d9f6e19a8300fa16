"""A Django project with nothing in it but two views."""

from config.settings import DATABASES

SECRET_KEY = "yardstick"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["benchmarks.yardstick"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "benchmarks.yardstick.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True

__all__ = ["DATABASES"]
