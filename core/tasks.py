"""The canary: a task that proves that this worker still takes tasks from the queue."""

import os
from pathlib import Path

from celery import shared_task

# Where `manage.py run_worker` looks; a worker started otherwise has none.
FILE_VARIABLE = "CANARY_FILE"


@shared_task
def canary() -> None:
    if file := os.environ.get(FILE_VARIABLE):
        Path(file).touch()
