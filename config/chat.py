"""Settings of the ways that reach a telephone: LINE (ADR 22) and SMS. Without a token or a gateway
the channel does not exist, and messages go another way."""

from django.core.exceptions import ImproperlyConfigured

from config.environment import env

# One official account belongs to one office; its slug.
LINE_OFFICE = env.str("LINE_OFFICE", default="bang-khae")
# How its chat speaks: "ค่ะ" or "ครับ".
LINE_POLITE_WORD = env.str("LINE_POLITE_WORD", default="ค่ะ")
if LINE_POLITE_WORD not in ("ค่ะ", "ครับ"):
    raise ImproperlyConfigured("LINE_POLITE_WORD must be ค่ะ or ครับ.")
LINE_CHANNEL_SECRET = env.str("LINE_CHANNEL_SECRET", default="")
LINE_CHANNEL_ACCESS_TOKEN = env.str("LINE_CHANNEL_ACCESS_TOKEN", default="")
LINE_API_BASE_URL = env.str("LINE_API_BASE_URL", default="https://api.line.me").rstrip("/")
# Pictures have a server of their own, unless another one stands in for LINE.
LINE_DATA_BASE_URL = LINE_API_BASE_URL.replace("://api.line.me", "://api-data.line.me")
LINE_ACCOUNT_LINK_URL = env.str(
    "LINE_ACCOUNT_LINK_URL", default="https://access.line.me/dialog/bot/accountLink"
)
# "@abc1234x", for the QR code and the share button.
LINE_BASIC_ID = env.str("LINE_BASIC_ID", default="")
LINE_TIMEOUT_SECONDS = env.float("LINE_TIMEOUT_SECONDS", default=10.0)
# The share of a month's messages that only appointments may use.
LINE_RESERVE_PERCENT = env.int("LINE_RESERVE_PERCENT", default=20)
LINE_ALARM_PERCENT = 80
LINE_EVENTS_DAYS = env.int("LINE_EVENTS_DAYS", default=30)
LINE_CONVERSATION_MINUTES = 30

SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", default="")
SMS_GATEWAY_TOKEN = env.str("SMS_GATEWAY_TOKEN", default="")
SMS_SENDER = env.str("SMS_SENDER", default="NADKHET")
# A short host name in front of /s/<code>/ ("nk.th"), so that a message is one part; the site's own
# without.
SHORT_URL = env.str("SHORT_URL", default="").rstrip("/")
