"""Answers Django's permission questions from the table of roles."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Model

from accounts.models import User


class RoleBackend(ModelBackend):
    """Password sign-in of Django, permissions of `accounts.roles`. With an object that has an
    office, the role must be at that office."""

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        if not isinstance(user_obj, User) or not user_obj.is_active:
            return False
        office_id = getattr(obj, "office_id", None)
        if office_id is not None:
            return user_obj.has_office_permission(perm, office_id)
        return perm in user_obj.role_permissions()

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        if not isinstance(user_obj, User) or not user_obj.is_active:
            return False
        return any(perm.startswith(f"{app_label}.") for perm in user_obj.role_permissions())
