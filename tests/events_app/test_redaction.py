import json

from events_app.redaction import masked, shown


def test_stream_keys_and_srt_secrets_are_masked_wherever_they_stand():
    """RELIABILITY 60: secrets stay where they belong."""
    payload = {
        "data": {
            "streamKey": "00112233445566778899aabbccddeeff",
            "srtSecert": "short",
            "srtPlaybackResponse": {"srtPlaybackStreamId": "play9f", "srtPlaybackSecret": "ffeeddccbbaa99887766"},
            "nested": [{"privateKey": ["a" * 20]}],
        }
    }
    text = shown(payload)
    assert json.loads(text)["data"]["streamKey"] == "0011••••"
    for secret in ("22334455", "short", "ddccbbaa", "aaaaa"):
        assert secret not in text
    assert "play9f" in text


def test_upload_addresses_keep_no_signature_and_ingest_addresses_no_key():
    """RELIABILITY 60: secrets stay where they belong."""
    assert (
        masked("https://storage.example/b/u-1?X-Goog-Signature=abc&upload_id=x") == "https://storage.example/b/u-1?••••"
    )
    assert masked("https://user:pass@host.example/a") == "https://host.example/a?••••"
    assert masked("rtmps://ingest.example:443/app/live_abc123") == "rtmps://ingest.example:443/••••"
    assert masked("https://images.example/p/thumbnail.png") == "https://images.example/p/thumbnail.png"


def test_characters_nobody_sees_are_spelled_out():
    assert "\u202e" not in shown({"title": "gpj.\u202eexe", "plain": "Hafen ü"})
    assert "\\u202e" in shown({"title": "gpj.\u202eexe"})
    assert "Hafen ü" in shown({"plain": "Hafen ü"})


def test_whatever_it_is_stays_readable():
    for value in (None, True, 3, [], {}, "", "http://[broken"):
        assert shown({"secret": value, "url": value})
