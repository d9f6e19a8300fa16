"""The settings of production, read in a process of their own."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as ours

PRODUCTION = {
    "DATABASE_URL": "postgresql://nadkhet@localhost/nadkhet",
    "EMAIL_URL": "smtp://localhost:25",
    "FIELD_KEYS": "invented-for-a-test",
    "SECRET_KEY": "invented-for-a-test",
    "SITE_URL": "https://nadkhet.example",
}


def read(expression, **environment):
    program = f"import json; from django.conf import settings; print(json.dumps({expression}))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "PATH": os.environ["PATH"]} | environment,
        cwd=ours.BASE_DIR,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def options(**environment):
    return read("settings.DATABASES['default']['OPTIONS']", **{**PRODUCTION, **environment})


@pytest.mark.parametrize("name", sorted(PRODUCTION.keys() - {"DATABASE_URL"}))
def test_what_production_lacks_is_named(name):
    assert f"{name} is missing" in read("settings.DEBUG", **{**PRODUCTION, name: ""})


THAID = {
    "THAID_CLIENT_ID": "invented",
    "THAID_CLIENT_SECRET": "invented",
    "THAID_DISCOVERY_URL": "https://id.example/.well-known/openid-configuration",
}


@pytest.mark.parametrize("name", THAID)
def test_what_thaid_lacks_is_named(name):
    assert f"{name} is missing" in read("settings.DEBUG", **{**PRODUCTION, **THAID, name: ""})


def test_thaid_is_spoken_to_over_https_only():
    plain = {"THAID_DISCOVERY_URL": "http://id.example/.well-known/openid-configuration"}
    said = read("settings.DEBUG", **{**PRODUCTION, **THAID, **plain})

    assert "THAID_DISCOVERY_URL must begin with https://" in said


def test_thaid_is_there_with_all_of_it_and_not_without():
    assert read("settings.THAID_LEAST_IAL", **PRODUCTION, **THAID) == "2.3"
    assert read("settings.THAID_CLIENT_ID", **PRODUCTION) == ""


def test_every_wait_for_the_database_ends():
    said = options()["options"].split("-c ")[1:]

    assert {
        "lock_timeout=3s",
        "idle_in_transaction_session_timeout=10s",
        "statement_timeout=5s",
    } <= {one.strip() for one in said}


def test_the_written_out_statements_are_planned_once():
    assert "plan_cache_mode=force_generic_plan" in options()["options"]


def test_options_of_the_address_are_kept():
    found = options(DATABASE_URL="postgresql://nadkhet@db.example/nadkhet?sslmode=verify-full")

    assert found["sslmode"] == "verify-full"
    assert "lock_timeout=3s" in found["options"]


def test_migrations_may_take_longer():
    assert "statement_timeout=0" in options(STATEMENT_TIMEOUT="0")["options"]
