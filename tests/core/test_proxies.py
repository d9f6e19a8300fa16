import pytest

from core.proxies import client_address
from portal import limits


def request_of(rf, forwarded, remote="10.0.0.5"):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return rf.get("/", headers=headers, REMOTE_ADDR=remote)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "10.0.0.5"),
        (0, "203.0.113.7", "10.0.0.5"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7, 10.0.0.9", "203.0.113.7"),
        (1, "2001:DB8::7", "2001:db8::7"),
        (1, "", "10.0.0.5"),
        (2, "203.0.113.7", "10.0.0.5"),
        (1, "unknown", "10.0.0.5"),
    ],
)
def test_address_that_our_own_proxy_wrote(rf, settings, proxies, forwarded, address):
    settings.PROXY_COUNT = proxies

    assert client_address(request_of(rf, forwarded)) == address


def test_a_subscriber_of_ipv6_is_counted_as_one(rf):
    first = limits.client(request_of(rf, "", remote="2001:db8::1"))
    second = limits.client(request_of(rf, "", remote="2001:db8::ffff:2"))

    assert first == second == "2001:db8::/64"


def test_addresses_of_ipv4_are_counted_apart(rf):
    assert limits.client(request_of(rf, "", remote="203.0.113.7")) == "203.0.113.7"
