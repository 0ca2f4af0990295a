"""Settings as an operator gives them."""

from __future__ import annotations

from tests.zrg.reading_settings import settings_of

PRODUCTION = {
    "ZRG_ENV": "production",
    "PUBLIC_URL": "https://zrg.example.com",
    "SECRET_KEY": "only-for-the-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
    "DATABASE_URL": "postgres://zrg@db.example.com:5432/zrg?sslmode=require",
    "REDIS_URL": "redis://redis.example.com:6379/0",
}


def started(*names: str, **environment: str) -> list[object]:
    """The values of these settings in production."""
    found = settings_of(**PRODUCTION | environment)
    return [found[name] for name in names]


def test_a_pool_keeps_what_the_address_says_of_the_connection() -> None:
    (databases,) = started("DATABASES", DATABASE_POOL_SIZE="8")
    assert databases["default"]["OPTIONS"]["sslmode"] == "require"
    assert databases["default"]["OPTIONS"]["pool"]["max_size"] == 8
    assert databases["default"]["CONN_MAX_AGE"] == 0


def test_statements_are_prepared_unless_a_pooler_cannot() -> None:
    on, off = started("DATABASES"), started("DATABASES", DATABASE_PREPARE="off")
    assert [found[0]["default"]["OPTIONS"]["prepare_threshold"] for found in (on, off)] == [5, None]


def test_behind_tls_sign_in_attempts_are_counted_by_the_address_the_proxy_reports() -> None:
    assert started("ALLAUTH_TRUSTED_PROXY_COUNT", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE") == [1, True, True]
    assert started("ALLAUTH_TRUSTED_PROXY_COUNT", PUBLIC_URL="http://zrg.example.com") == [0]
