"""The back-office pages about staff, and about who looked at what."""

from accounts.admin import staff, view_log

__all__ = ["staff", "view_log"]
