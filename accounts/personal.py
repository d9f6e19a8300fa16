"""Sealing of personal numbers (AES-GCM) and their blind index (HMAC), the one place that holds
the keys (ADR 5)."""

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES = 12


def seal(text: str, *, context: str) -> bytes:
    """The encrypted text. `context` (say "<form_key>:1") is bound to it: a sealed value moved to
    another row cannot be opened there."""
    key_id, cipher = _ciphers()[0]
    nonce = os.urandom(NONCE_BYTES)
    return key_id + nonce + cipher.encrypt(nonce, text.encode(), context.encode())


def unseal(sealed: bytes | memoryview, *, context: str) -> str:
    """The text again. Raises cryptography.exceptions.InvalidTag when it was tampered with or
    moved, KeyError when its key is no longer in FIELD_KEYS."""
    sealed = bytes(sealed)
    key_id, nonce, body = sealed[:4], sealed[4 : 4 + NONCE_BYTES], sealed[4 + NONCE_BYTES :]
    return dict(_ciphers())[key_id].decrypt(nonce, body, context.encode()).decode()


def blind_index(kind: str, value: str) -> bytes:
    """A keyed hash to find a number without storing it: equal numbers give equal 32 bytes."""
    return hmac.digest(_index_key(), f"{kind}:{value}".encode(), "sha256")


@lru_cache
def _ciphers() -> tuple[tuple[bytes, AESGCM], ...]:
    """(key id, cipher) of each key in FIELD_KEYS; the first one seals, all can open."""
    return tuple(
        (hashlib.sha256(b"id:" + secret.encode()).digest()[:4], AESGCM(_derive(secret, b"seal")))
        for secret in settings.FIELD_KEYS
    )


@lru_cache
def _index_key() -> bytes:
    """The index cannot be turned to a new key row by row, so the oldest (last) key makes it."""
    return _derive(settings.FIELD_KEYS[-1], b"index")


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"nadkhet " + purpose).derive(
        secret.encode()
    )
