import json
import logging

import pytest

from web.logs import LineFormatter, Redact, current_request, masked

CANARY = "kAn4ry-5ecret-Xyz0123"


def line(message, *args, **options):
    record = logging.getLogger("demo").makeRecord(
        "demo",
        options.pop("level", logging.INFO),
        "f",
        1,
        message,
        args,
        options.pop("exc_info", None),
        extra=options.pop("extra", None),
    )
    Redact().filter(record)
    return LineFormatter().format(record)


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Basic {CANARY}",
        f"Authorization: Bearer {CANARY}",
        f"{{'Authorization': 'Basic {CANARY}'}}",
        f'{{"authorization": "Bearer {CANARY}"}}',
        f"sent Basic {CANARY}== to FastPix",
        f'{{"secretKey": "{CANARY} with blanks"}}',
        f"secret_key={CANARY}&x=1",
        f"token_secret: {CANARY}",
        f"'webhook_secret': '{CANARY}'",
        f'"body": "{{\\"streamKey\\": \\"{CANARY}\\"}}"',
        f"streamKey={CANARY}",
        f"stream_key {{'stream-key': '{CANARY}'}}",
        f"FastPix-Signature: {CANARY}",
        f"password={CANARY}",
        f"Cookie: {CANARY}",
        f"GET /film.m3u8?token={CANARY} HTTP/1.1",
        f"https://storage.example/upload/f.mp4?upload_id={CANARY}&x=1",
        f"PUT https://storage.example/f.mp4?X-Goog-Credential={CANARY}",
        f"rtmps://live.example/live/{CANARY}",
        f"srt://live.example:778?passphrase={CANARY}",
        f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----",
        f"eyJhbGciOiJSUzI1NiJ9.{CANARY}.{CANARY}",
        f"GET /invite/{CANARY}/",
    ],
)
def test_what_opens_a_door_is_masked(text):
    """RELIABILITY 60: secrets stay where they belong."""
    assert CANARY not in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "The token is right",
        "media 2bf68fd8-fe56-46a2-b421-15ad76c016d9 became ready",
        "GET https://api.example/v1/on-demand/2bf68fd8 answered 404",
        "3 secrets, all fine",
    ],
)
def test_ordinary_words_stay(text):
    assert masked(text) == text


def test_a_line_cannot_be_forged():
    """RELIABILITY 64: one line stays one line."""
    written = line("title %s", 'one\n{"level": "info", "message": "two"}\x1b[31m\u2028')
    assert "\n" not in written
    assert "\x1b" not in written
    assert json.loads(written)["message"].startswith("title one\n")


def test_arguments_extra_fields_and_tracebacks_are_masked_too():
    """RELIABILITY 60: secrets stay where they belong."""
    error = ValueError(f"token={CANARY}")
    extra = {"session_url": CANARY, "note": f"token={CANARY}", "status": 502}
    written = line("secret %s", f"secret={CANARY}", exc_info=(ValueError, error, None), extra=extra)
    assert CANARY not in written
    assert json.loads(written)["status"] == 502
    assert "ValueError" in json.loads(written)["traceback"]


def test_a_line_says_which_request_it_belongs_to():
    token = current_request.set("abc-123")
    try:
        assert json.loads(line("hello"))["request_id"] == "abc-123"
    finally:
        current_request.reset(token)
    assert "request_id" not in json.loads(line("hello"))


def test_a_broken_log_call_still_leaves_a_line():
    assert json.loads(line("two %s %s", "one"))["message"] == "two %s %s"


@pytest.mark.timeout(5)
def test_masking_a_huge_line_is_quick():
    for text in ("a-" * 400_000, "secret" * 100_000, 'token="' * 100_000, "https://" + "a?" * 200_000):
        masked(text)
