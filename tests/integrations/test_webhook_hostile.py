"""Nothing that a caller sends makes a webhook answer 5xx, and nothing of it is lost on the way to the database."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integrations.bending import anything, bent
from tests.integrations.deliveries import (
    ENDPOINTS,
    PROVIDERS,
    SECRETS,
    changed,
    connect,
    headers_of,
    kept,
    post,
    sample,
)

EMAIL = ENDPOINTS["emailbison"]
OK = (200, 400, 401, 404, 413)


pytestmark = pytest.mark.usefixtures("unipile_secret")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_body_header_query_or_token_makes_a_5xx(client, harbor, provider):
    connection = connect(harbor, provider)
    token = f"{ENDPOINTS[provider]}/{connection.webhook_token}"
    line = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40)
    queries = st.sampled_from(
        [
            "",
            f"clientId={harbor.pk}",
            "clientId=",
            "clientId=%00&locationId=%00",
            "%ff%fe=%",
            "locationId=loc_1&&&",
            "a" * 5000,
        ]
    )

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        body=(bent(provider, wrapped=False) | anything).map(lambda value: json.dumps(value).encode())
        | st.binary(max_size=200),
        headers=st.fixed_dictionaries({}, optional=dict.fromkeys(("Authorization", "X-Webhook-Secret"), line)),
        query=queries,
        url=st.sampled_from([ENDPOINTS[provider], token]),
        honest=st.booleans(),
    )
    def hit(body, headers, query, url, honest):
        own = headers_of(provider) if honest else headers
        response = post(client, f"{url}?{query}", body, own)
        assert response.status_code in OK, response.content
        assert response.json().keys() & {"success", "error"}

    hit()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_bent_sample_that_is_acknowledged_can_be_stored(client, harbor, provider):
    connection = connect(harbor, provider)
    url = f"{ENDPOINTS[provider]}/{connection.webhook_token}"

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(body=bent(provider, wrapped=False), number=st.integers(1, 10**9))
    def hit(body, number):
        before = len(kept())
        secret = {"secret_key": SECRETS["smartlead"]} if provider == "smartlead" else {}
        answer = post(client, url, body | secret | {"marker": number}, headers_of(provider)).json()
        is_new = answer == {"success": True}
        assert len(kept()) == before + is_new
        assert not is_new or kept()[-1].payload["marker"] == number

    hit()


def stored(client, harbor, text_body: str):
    connect(harbor, "emailbison")
    raw = json.dumps(changed(sample("emailbison"), "data", "reply", "text_body", to="@@")).replace("@@", text_body)
    assert post(client, EMAIL, raw.encode()).status_code == 200
    return kept()[0].payload["data"]["reply"]["text_body"]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("a\\u0000b", "ab"),
        ("cut emoji \\ud83d", "cut emoji ?"),
        ("\\ud83d\\ude00 whole", "😀 whole"),
        ("\\\\u0000 as words", "\\u0000 as words"),
        ("😀é", "😀é"),
    ],
)
def test_texts_are_kept_as_far_as_the_database_can(client, harbor, sent, expected):
    assert stored(client, harbor, sent) == expected


def test_a_nul_in_a_name_is_no_obstacle(client, harbor):
    connect(harbor, "emailbison")
    raw = json.dumps(sample("emailbison")).replace('"uuid"', '"u\\u0000uid"')
    assert post(client, EMAIL, raw.encode()).status_code == 200
    assert "uuid" in kept()[0].payload["data"]["reply"]


def test_a_byte_order_mark_is_forgiven(client, harbor):
    connect(harbor, "emailbison")
    assert post(client, EMAIL, b"\xef\xbb\xbf" + json.dumps(sample("emailbison")).encode()).status_code == 200


@pytest.mark.parametrize("depth", [240, 260, 900, 1020, 1030, 5000, 200_000])
@pytest.mark.parametrize("extra", [b"1", b'"\\u0000"', b'"\\ud800"', b"18446744073709551616"])
def test_depth_is_no_weapon(client, harbor, depth, extra):
    connect(harbor, "emailbison")
    start = json.dumps(sample("emailbison")).encode()[:-1]
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        body = start + b', "x": ' + opening * depth + extra + closing * depth + b"}"
        assert post(client, EMAIL, body).status_code == (200 if depth < 250 else 400)


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1" + "0" * 400, "9" * 5000, "0x10"]
)
def test_numbers_that_are_none_are_malformed(client, harbor, number):
    connect(harbor, "emailbison")
    for extra in ('"', '"\\ud800'):  # also where the forgiving reader reads
        start = json.dumps(sample("emailbison"))[:-1]
        body = f'{start}, "t": {extra}", "x": {number}}}'
        assert post(client, EMAIL, body.encode()).status_code in {200, 400}
    assert all(event.payload for event in kept())


def test_a_broken_query_is_a_400(client, harbor):
    connect(harbor, "emailbison")
    many = "&".join(f"a{number}=1" for number in range(1200))
    response = post(client, f"{EMAIL}?{many}", sample("emailbison"))
    assert (response.status_code, response.json()) == (400, {"error": "The request cannot be read."})


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "é/é"]
)
def test_the_content_type_does_not_matter(client, harbor, content_type):
    connect(harbor, "emailbison")
    raw = json.dumps(sample("emailbison")).encode()
    response = client.post(EMAIL, raw, content_type=content_type, headers={"Accept": "application/xml"})
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


def test_a_format_in_the_query_changes_nothing(client, harbor):
    connect(harbor, "emailbison")
    assert post(client, f"{EMAIL}?format=xml", sample("emailbison")).status_code == 200


@pytest.mark.parametrize("length", ["abc", "-5", "", "99999999999999999999"])
def test_a_wrong_length_is_no_weapon(client, harbor, length):
    connect(harbor, "emailbison")
    response = client.post(EMAIL, b"{}", content_type="application/json", CONTENT_LENGTH=length)
    assert response.status_code in {400, 413}
