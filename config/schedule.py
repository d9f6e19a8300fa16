"""When the workers are woken. Each task asks the database what is due, so a beat too many or too
few changes nothing but the delay (ADR 3)."""

from celery.schedules import crontab

CELERY_BEAT_SCHEDULE = {
    "deliver due messages": {
        "task": "notifications.tasks.deliver_due",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "work LINE": {
        "task": "line_channel.tasks.work_line",
        "schedule": 1.0,
        "options": {"expires": 1},
    },
    "release expired holds": {
        "task": "bookings.tasks.release_expired",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "carry out closings": {
        "task": "bookings.tasks.carry_out_closings",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "lapse drafts of closings": {
        "task": "bookings.tasks.lapse_drafts",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "end past visits": {
        "task": "bookings.tasks.end_past_visits",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "end days of offices": {
        "task": "bookings.tasks.end_office_days",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "end copy requests": {
        "task": "registry_requests.tasks.end_copy_requests",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "queue reminders": {
        "task": "bookings.tasks.queue_reminders",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "remove stray files": {
        "task": "bookings.tasks.remove_stray_files",
        "schedule": crontab(hour=2, minute=0),
    },
    "purge expired": {
        "task": "bookings.tasks.purge_expired",
        "schedule": crontab(hour=3, minute=0),
    },
    "generate slots": {
        "task": "bookings.tasks.generate_slots",
        "schedule": crontab(hour=1, minute=0),
    },
}
