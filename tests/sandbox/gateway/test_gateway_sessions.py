"""Gateway sessions, frame by frame: resuming, replay, and their bounds."""

import pytest

from sandbox.gateway import connection, sessions
from tests.sandbox.support import Api, Clock

ALL_INTENTS = 53608447
GUILDS = 1
MESSAGES = 1 << 9
CONTENT = 1 << 15


async def test_a_resume_replays_what_was_missed_in_order_and_once(api: Api, general: int) -> None:
    raw, session_id = await api.identified()
    api.sandbox.engine.gateway.drop()
    for number in range(3):
        await api.sandbox.act.message(user="owner", channel=general, content=str(number))

    again = await api.gateway()
    await again.send(6, {"token": api.sandbox.token, "session_id": session_id, "seq": 3})
    replayed = [await again.event("MESSAGE_CREATE") for _ in range(3)]
    resumed = await again.next()

    assert [event["d"]["content"] for event in replayed] == ["0", "1", "2"]
    assert resumed["t"] == "RESUMED"
    sequences = [event["s"] for event in (*replayed, resumed)]
    assert sequences == sorted(set(sequences))
    await raw.socket.close()


async def test_a_resume_with_nothing_missed_just_resumes(api: Api, general: int) -> None:
    _, session_id = await api.identified(intents=GUILDS | MESSAGES | CONTENT)
    api.sandbox.engine.gateway.drop()

    again = await api.gateway()
    await again.send(6, {"token": api.sandbox.token, "session_id": session_id, "seq": 3})

    assert (await again.next())["t"] == "RESUMED"
    await api.sandbox.act.message(user="owner", channel=general, content="after")
    assert (await again.next())["d"]["content"] == "after"


async def test_a_resume_past_the_buffer_is_refused(api: Api, general: int) -> None:
    api.sandbox.engine.sessions.replay_events = 2
    _, session_id = await api.identified()
    api.sandbox.engine.gateway.drop()
    for number in range(3):
        await api.sandbox.act.message(user="owner", channel=general, content=str(number))

    again = await api.gateway()
    await again.send(6, {"token": api.sandbox.token, "session_id": session_id, "seq": 3})

    assert await again.op(9) == {"t": None, "s": None, "op": 9, "d": False}


async def test_a_resume_after_five_minutes_is_refused(api: Api, clock: Clock) -> None:
    raw, session_id = await api.identified()
    await raw.socket.close(code=4000)
    while api.sandbox.engine.sessions.connected():
        await api.control("GET", "/state?user=owner")
    clock.now_s += sessions.RESUMABLE_S + 1

    again = await api.gateway()
    await again.send(6, {"token": api.sandbox.token, "session_id": session_id, "seq": 3})

    assert (await again.op(9))["d"] is False


async def test_a_session_closed_with_1000_cannot_be_resumed(api: Api) -> None:
    raw, session_id = await api.identified()
    await raw.socket.close(code=1000)
    while api.sandbox.engine.sessions.connected():
        await api.control("GET", "/state?user=owner")

    again = await api.gateway()
    await again.send(6, {"token": api.sandbox.token, "session_id": session_id, "seq": 3})

    assert (await again.op(9))["d"] is False


@pytest.mark.parametrize("politely", [False, True])
async def test_a_client_that_vanishes_may_resume(api: Api, *, politely: bool) -> None:
    raw, session_id = await api.identified()
    transport = raw.socket._response.connection.transport  # type: ignore[union-attr] # it is connected
    assert transport is not None
    # With a FIN as when a process ends, or with a RST as when a cable is cut.
    (transport.close if politely else transport.abort)()
    while api.sandbox.engine.sessions.connected():
        await api.control("GET", "/state?user=owner")

    again = await api.gateway()
    await again.send(6, {"token": api.sandbox.token, "session_id": session_id, "seq": 3})

    assert (await again.next())["t"] == "RESUMED"


async def test_a_sequence_from_the_future_closes_4007(api: Api) -> None:
    _, session_id = await api.identified()

    again = await api.gateway()
    await again.send(6, {"token": api.sandbox.token, "session_id": session_id, "seq": 999})

    assert await again.close_code() == 4007


async def test_resuming_a_session_that_is_still_connected_replaces_its_connection(
    api: Api, general: int
) -> None:
    _, session_id = await api.identified()
    again = await api.gateway()
    await again.send(6, {"token": api.sandbox.token, "session_id": session_id, "seq": 3})
    await again.event("RESUMED")

    await api.sandbox.act.message(user="owner", channel=general, content="to the new one")

    assert (await again.event("MESSAGE_CREATE"))["d"]["content"] == "to the new one"
    assert len(api.sandbox.engine.sessions.connected()) == 1


async def test_two_sessions_at_once_each_get_every_event(api: Api, general: int) -> None:
    one, _ = await api.identified()
    two, _ = await api.identified()

    await api.sandbox.act.message(user="owner", channel=general, content="both")

    assert (await one.event("MESSAGE_CREATE"))["d"]["content"] == "both"
    assert (await two.event("MESSAGE_CREATE"))["d"]["content"] == "both"


async def test_away_sessions_are_bounded(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 2)
    first, first_id = await api.identified()
    for _ in range(3):
        api.sandbox.engine.gateway.drop()
        await api.identified()

    assert api.sandbox.engine.sessions.find(first_id) is None
    await first.socket.close()


async def test_a_client_that_never_reads_is_cut_off(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, _ = await api.identified()
    monkeypatch.setattr(connection, "MAX_QUEUED", 3)
    session = api.sandbox.engine.sessions.connected()[0]

    for number in range(5):
        session.dispatch("MESSAGE_CREATE", {"number": number})

    with pytest.raises(AssertionError):
        await raw.event("NEVER")
