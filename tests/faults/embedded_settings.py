"""The settings of embedded mode, with the data in a folder of the run (FAULTS_FOLDER) and, for the
negative control, the transaction mode that SQLite has by itself (FAULTS_MODE=DEFERRED)."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import DATABASES, EMBEDDED

assert EMBEDDED, "unset DATABASE_URL"
FOLDER = Path(os.environ["FAULTS_FOLDER"])
DATABASES["default"]["NAME"] = FOLDER / "nadkhet.sqlite3"
DATABASES["default"]["OPTIONS"]["transaction_mode"] = os.environ.get("FAULTS_MODE", "IMMEDIATE")
MEDIA_ROOT = str(FOLDER / "media")
EMAIL_FILE_PATH = str(FOLDER / "outbox")
