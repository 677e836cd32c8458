"""Bodies with bounds."""

import asyncio

import pytest

from events_app.body import Body, Gone, NoRoom, Room, TooLarge, TooSlow


def read(*chunks, room=None, limit=100, declared=None, seconds=1.0, then=None):
    waiting = list(chunks)

    async def receive():
        if waiting:
            chunk = waiting.pop(0)
            return {"type": "http.request", "body": chunk, "more_body": bool(waiting) or then is not None}
        if then == "sleeps":
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    body = Body(room or Room(1000), limit=limit, seconds=seconds)
    try:
        return asyncio.run(body.read(receive, declared))
    finally:
        body.free()


def test_chunks_become_one_body():
    assert read(b"ab", b"", b"cd") == b"abcd"
    assert read(b"") == b""
    assert read(b"x" * 100) == b"x" * 100


def test_beyond_what_was_declared_nothing_is_waited_for():
    assert read(b"ab", b"c", declared=3, then="sleeps") == b"abc"
    with pytest.raises(TooSlow):
        read(b"ab", declared=3, then="sleeps", seconds=0.1)
    with pytest.raises(Gone):
        read(b"ab", declared=3, then="hangs up")


def test_one_byte_too_many_is_too_large():
    with pytest.raises(TooLarge):
        read(b"x" * 50, b"x" * 51)


def test_what_is_too_large_is_read_on_so_that_the_sender_hears_the_answer():
    left = [b"x" * 60] * 5
    with pytest.raises(TooLarge):
        read(*left)


def test_a_sender_without_end_is_cut_off():
    endless = [b"x" * 1024 * 1024] * 40
    with pytest.raises(TooLarge):
        read(*endless)


def test_an_absurd_length_is_refused_unread():
    with pytest.raises(TooLarge):
        read(declared=10**12, then="sleeps")


def test_a_slow_sender_is_cut_off():
    with pytest.raises(TooSlow):
        read(b"x", then="sleeps", seconds=0.05)


def test_a_sender_that_hangs_up_is_noticed():
    with pytest.raises(Gone):
        read(b"x", then="hangs up", declared=50)


def test_all_requests_together_have_one_room_and_give_it_back():
    room = Room(150)
    room.held = 100
    with pytest.raises(NoRoom):
        read(b"x" * 60, room=room)
    assert room.held == 100
    assert read(b"x" * 50, room=room) == b"x" * 50
    with pytest.raises(TooLarge):
        read(b"x" * 40, b"x" * 80, room=room)
    assert room.held == 100
