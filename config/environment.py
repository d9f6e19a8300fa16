"""Reading the environment: production fails by the name of what is missing, embedded mode makes
its own secrets once and keeps them under `var/`."""

import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"

env = environ.Env()
EMBEDDED = not env.str("DATABASE_URL", default="")


def required(name: str, *, embedded: str = "") -> str:
    """The value of an environment variable. In embedded mode a missing one falls back to
    `embedded`, or to a random secret kept in `var/`.

    Raises ImproperlyConfigured with the name when production lacks it."""
    value = env.str(name, default="")
    if value:
        return str(value)
    if not EMBEDDED:
        raise ImproperlyConfigured(f"{name} is missing: set it in the environment.")
    return embedded or _kept_secret(name)


def _kept_secret(name: str) -> str:
    path = VAR / f"{name.lower()}.secret"
    if not path.exists():
        VAR.mkdir(exist_ok=True)
        path.write_text(secrets.token_urlsafe(48))
        path.chmod(0o600)
    return path.read_text().strip()
