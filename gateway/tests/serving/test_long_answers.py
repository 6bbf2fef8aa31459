"""An answer that is long goes out as it is made; who does not take it is waited for no longer."""

import socket
import threading

import pytest

from gateway.serving import written as serving
from gateway.serving.visit import Turn, Visit
from gateway.serving.written import WrittenAnswer

PIECE = b"x" * 64 * 1024


@pytest.fixture
def ends(monkeypatch):
    monkeypatch.setattr(serving, "MOST_KEPT_BYTES", 256 * 1024)
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.settimeout(10)
    with ours, theirs:
        yield ours, theirs


def answer_to(ours, seconds):
    visit = Visit(ours, None, None, None)
    return WrittenAnswer(lambda part: visit.pass_on(part, seconds))


def send_much(answer):
    for _ in range(100):
        answer.write(PIECE)


def test_what_is_short_is_kept_and_nothing_of_it_goes_out(ends):
    answer = answer_to(ends[0], seconds=0)
    for _ in range(4):
        answer.write(PIECE)
    assert (len(answer.written), answer.passed_on) == (4 * len(PIECE), False)


def test_what_is_long_goes_out_in_order_and_no_more_than_some_of_it_is_held(ends):
    ours, theirs = ends
    taken = bytearray()

    def take():
        while data := theirs.recv(1 << 16):
            taken.extend(data)

    reader = threading.Thread(target=take)
    reader.start()
    answer, most = answer_to(ours, seconds=10), 0
    for number in range(100):
        answer.write(bytes([number]) * len(PIECE))
        most = max(most, len(answer.written))
    ours.setblocking(True)
    ours.sendall(answer.written)
    ours.shutdown(socket.SHUT_WR)
    reader.join()
    assert bytes(taken) == b"".join(bytes([number]) * len(PIECE) for number in range(100))
    assert most <= 256 * 1024


def test_who_takes_nothing_is_given_up(ends):
    answer = answer_to(ends[0], seconds=0.05)
    with pytest.raises(TimeoutError):
        send_much(answer)
    assert answer.passed_on


@pytest.mark.parametrize(("turn", "is_whole"), [
    (Turn.IS_SERVED, False), (Turn.TAKES, False), (Turn.LEAVES, True), (Turn.SENDS, True),
])  # fmt: skip
def test_the_end_of_a_connection_says_whether_its_answer_is_whole(turn, is_whole):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        theirs = socket.create_connection(listener.getsockname())
        visit = Visit(listener.accept()[0], None, None, None, turn)
        visit.close()
        with theirs:
            if is_whole:
                assert theirs.recv(1) == b""
            else:
                with pytest.raises(ConnectionResetError):
                    theirs.recv(1)
