"""Headers that every answer carries."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import cached_property


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp, which builds the policy for every answer, with the policy that nearly all share
    written once. Answers with one of their own (its decorators) are left to it. No nonces."""

    @cached_property
    def shared_policy(self) -> str:
        return build_policy()

    def process_request(self, request: HttpRequest) -> None:
        pass

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if any(name.startswith("_csp") for name in vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.shared_policy)
        return response
