"""Settings of ThaID (ADR 24), which proves who asks. Without them the button does not exist; a part
of them stops the start with the name of what is missing."""

from django.core.exceptions import ImproperlyConfigured

from config.environment import EMBEDDED, env

THAID_CLIENT_ID = env.str("THAID_CLIENT_ID", default="")
THAID_CLIENT_SECRET = env.str("THAID_CLIENT_SECRET", default="")
THAID_DISCOVERY_URL = env.str("THAID_DISCOVERY_URL", default="")
# The least level of identity proofing, as the claim `ial` says it; empty takes every level.
THAID_LEAST_IAL = env.str("THAID_LEAST_IAL", default="2.3")
# All that a page waits for ThaID's answers.
THAID_TIMEOUT_SECONDS = 5.0

_needed = {
    "THAID_CLIENT_ID": THAID_CLIENT_ID,
    "THAID_CLIENT_SECRET": THAID_CLIENT_SECRET,
    "THAID_DISCOVERY_URL": THAID_DISCOVERY_URL,
}
_missing = [name for name, value in _needed.items() if not value]
if _missing and len(_missing) < len(_needed):
    raise ImproperlyConfigured(f"{_missing[0]} is missing: ThaID needs {', '.join(_needed)}.")
if THAID_DISCOVERY_URL and not EMBEDDED and not THAID_DISCOVERY_URL.startswith("https://"):
    raise ImproperlyConfigured("THAID_DISCOVERY_URL must begin with https://")
