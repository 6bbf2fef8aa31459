"""One connection for both ways."""

from kombu import Connection

from portal_chassis.line import hang_up


def test_hanging_up_a_connection_that_is_lost_makes_no_new_one(monkeypatch):
    asked = []
    connection = Connection("amqp://guest:guest@127.0.0.1:1//")
    monkeypatch.setattr(connection, "_establish_connection", lambda: asked.append("connect"))
    hang_up(connection)
    assert asked == []
    assert not connection.connected
