"""Requests for certified copies of records, and enquiries."""

from registry_requests.models.checks import Comparison
from registry_requests.models.request import CopyRequest, CopyRequestChange, Kind
from registry_requests.models.rules import CopyRules

__all__ = ["Comparison", "CopyRequest", "CopyRequestChange", "CopyRules", "Kind"]
