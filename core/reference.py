"""Reference numbers, made for speech: `BR-7K4M-29` (never an authority, ADR 6)."""

import secrets

from stdnum import luhn

# Crockford's base 32: no I, L, O, U, which are misread.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("OIL", "011")


def new_reference(prefix: str) -> str:
    """A random reference with a check character at the end; the caller stores it under a unique
    constraint and draws again on a clash."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(5))
    code = body + luhn.calc_check_digit(body, ALPHABET)
    return f"{prefix}-{code[:4]}-{code[4:]}"


def read_reference(text: str) -> str:
    """The canonical form of what a person typed or said (any case, spaces or dashes, O for 0),
    or an empty string when it cannot be a reference."""
    letters = "".join(text.upper().replace("-", " ").split())
    prefix, code = letters[:-6], letters[-6:].translate(MISREAD)
    if len(prefix) != 2 or not prefix.isalpha() or not luhn.is_valid(code, ALPHABET):
        return ""
    return f"{prefix}-{code[:4]}-{code[4:]}"
