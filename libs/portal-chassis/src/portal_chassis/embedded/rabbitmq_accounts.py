"""The users of a private RabbitMQ node: the owner, and one per process with its rights.

The owner's password is made once; those of the processes follow from it, so whoever is
told one of them learns no other.
"""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import urlsplit

from portal_contracts.broker_accounts import OWNER, permissions, user_of
from portal_contracts.catalogue import PROCESSES

_EVERYTHING = {"configure": ".*", "write": ".*", "read": ".*"}


def uri_as(process: str, owner_uri: str) -> str:
    """The address of a private node for the user of `process`, from that for its owner."""
    parts = urlsplit(owner_uri)
    password = _password_of(process, parts.password or "")
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{user_of(process)}:{password}@{host}").geturl()


def definitions(virtual_host: str, owner_password: str) -> dict[str, Any]:
    """The users and their rights in one virtual host, as a node loads them when it starts."""
    passwords = {OWNER: owner_password} | {
        user_of(process): _password_of(process, owner_password) for process in PROCESSES
    }
    return {
        "vhosts": [{"name": virtual_host}],
        "users": [
            {"name": user, "password": password, "tags": ""} for user, password in passwords.items()
        ],
        "permissions": _permissions(virtual_host),
    }


def adding(virtual_hosts: list[str]) -> str:
    """What adds virtual hosts with the same rights to a node that runs, in Erlang's words."""
    rights = ",".join(
        f"{{{','.join(_binary(one[key]) for key in ('user', 'configure', 'write', 'read'))}}}"
        for one in _permissions("")
    )
    listed, owner = ",".join(map(_binary, virtual_hosts)), _binary(OWNER)
    return (
        f"[begin rabbit_vhost:add(V, {owner}), [rabbit_auth_backend_internal:"
        f"set_permissions(U, V, C, W, R, {owner}) || {{U, C, W, R}} <- [{rights}]] "
        f"end || V <- [{listed}]]."
    )


def _permissions(virtual_host: str) -> list[dict[str, str]]:
    owner = {"user": OWNER, "vhost": virtual_host} | _EVERYTHING
    return [owner, *permissions(virtual_host)]


def _password_of(process: str, owner_password: str) -> str:
    return hmac.digest(owner_password.encode(), user_of(process).encode(), "sha256").hex()


def _binary(text: str) -> str:
    escaped = text.replace("\\", "\\\\")
    return f'<<"{escaped}">>'
