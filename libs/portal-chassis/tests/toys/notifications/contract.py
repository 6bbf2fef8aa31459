"""The calls that the toy answers."""

from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Done, Method

SERVICE = "notifications"


class Say(Struct, frozen=True, kw_only=True):
    word: str
    seconds: float = 0.0


class Said(Struct, frozen=True, kw_only=True):
    word: str
    address: str = ""
    request_id: str = ""


class Workers(Struct, frozen=True, kw_only=True):
    finished: list[str]


class Added(Struct, frozen=True, kw_only=True):
    id: UUID


ECHO = Method(SERVICE, "echo", Say, Said, "The word again.")
SLOW = Method(SERVICE, "slow", Say, Said, "The word, after a while; writes down that it ran.")
ADD = Method(SERVICE, "add", Say, Added, "A thing and its event.", mutates=True)
SECRET = Method(SERVICE, "secret", Say, Done, "Takes a password.", personal=True)
REFUSE = Method(SERVICE, "refuse", Say, Done, "The refusal of the kind that the word names.")
FAIL = Method(SERVICE, "fail", Say, Done, "An exception that says the word.")
UNENCODABLE = Method(SERVICE, "unencodable", Say, Done, "What no wire can carry.")
WRONG_RESULT = Method(SERVICE, "wrong_result", Say, Said, "Not what its contract says.")
CALL_INSIDE = Method(SERVICE, "call_inside", Say, Said, "A call inside a transaction.")
CALL_OUTSIDE = Method(SERVICE, "call_outside", Say, Said, "A call outside any transaction.")
WORKERS = Method(SERVICE, "workers", Say, Workers, "What a provider from elsewhere saw of them.")
UNKNOWN = Method(SERVICE, "unknown", Say, Done, "Nobody answers it.")
MISSING = Method("forms", "echo", Say, Said, "Of a service that is not there.")
