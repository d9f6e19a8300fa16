"""The Celery application with short intervals, so that hours fit into seconds: what is tested is
the same code with the same settings otherwise. VISIBILITY names the seconds after which Redis
gives a task that was not confirmed to another worker."""

import os

from config.celery import app

__all__ = ["app"]

app.conf.beat_schedule = {
    name: {**entry, "schedule": 1.0, "options": {"expires": 5}}
    for name, entry in app.conf.beat_schedule.items()
    if isinstance(entry["schedule"], float)
}
# Beat looks at least so often.
app.conf.beat_max_loop_interval = 1
if visibility := os.environ.get("VISIBILITY"):
    app.conf.broker_transport_options = {"visibility_timeout": int(visibility)}
