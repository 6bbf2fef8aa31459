"""Who has to go when there are too many connections."""

from gateway.serving.guests import Guests


def filled(names, *, most=10, most_per_address=3, address="192.0.2.1"):
    guests = Guests(most, most_per_address)
    for name in names:
        guests.enter(name, address)
        guests.is_awaited(name)
    return guests


def test_nobody_goes_as_long_as_there_is_room():
    assert filled("abc").surplus("c") is None


def test_of_one_address_the_one_goes_that_was_waited_for_longest():
    guests = filled("abcd")
    assert guests.surplus("d") == "a"
    guests.leave("a")
    assert guests.surplus("d") is None


def test_whoever_is_being_served_stays():
    guests = filled("abcd")
    guests.is_served("a")
    assert guests.surplus("d") == "b"
    guests.is_awaited("a")
    assert guests.surplus("d") == "b"


def test_another_address_is_not_touched():
    guests = filled("abc")
    guests.enter("d", "198.51.100.2")
    guests.is_awaited("d")
    assert guests.surplus("d") is None


def test_of_all_the_one_goes_that_was_waited_for_longest():
    guests = filled("ab", most=2, address="")
    guests.enter("c", "198.51.100.2")
    guests.is_awaited("c")
    assert guests.surplus("c") == "a"


def test_where_all_weigh_too_much_the_heaviest_goes_and_never_whoever_is_served():
    guests = filled("abc")
    weights = {"a": 5, "b": 9, "c": 1}
    assert guests.heaviest(weights.__getitem__, 15) is None
    assert guests.heaviest(weights.__getitem__, 14) == "b"
    guests.is_served("b")
    assert guests.heaviest(weights.__getitem__, 5) == "a"


def test_connections_of_a_proxy_are_counted_by_whom_they_turn_out_to_be_for():
    guests = filled("abcd", address="")
    assert guests.surplus("d") is None
    for name in "abcd":
        guests.enter(name, "192.0.2.1")
    assert guests.surplus("d") == "a"
    guests.enter("a", "")
    assert guests.surplus("d") is None
    assert len(guests) == 4
