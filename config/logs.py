"""What is logged, and in which form."""

from config.environment import env

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"without links": {"()": "core.logs.WithoutLinks"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["without links"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        # A refusal is an answer, not a fault: a rush for the last places would fill the log.
        "django.request": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        # At DEBUG it writes whole contexts: what a person typed stands in them.
        "django.template": {"level": "INFO"},
    },
}
