"""History of reference data (hours, fees, checklists). The person is kept as a number, not as a
foreign key: these tables lie below the accounts."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from simple_history.models import HistoricalRecords


def _user_of(historical_instance: Any, **kwargs: Any) -> Any:
    if historical_instance.history_user_id is None:
        return None
    return get_user_model().objects.filter(pk=historical_instance.history_user_id).first()


def _set_user(historical_instance: Any, user: Any, **kwargs: Any) -> None:
    historical_instance.history_user_id = user.pk if user else None


def history() -> HistoricalRecords:
    """Rows of every change: when, by whom, and what it was."""
    return HistoricalRecords(
        history_user_id_field=models.BigIntegerField(null=True),
        history_user_getter=_user_of,
        history_user_setter=_set_user,
    )
