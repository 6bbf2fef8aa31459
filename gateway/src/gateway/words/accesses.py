"""Who did what to which thing: the rows of the access log as sentences.

The same words stand before the practice and before the client, but that a client reads of
*your PHQ-9* what the practice reads of *the form “PHQ-9”*.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from gateway.words.extraction import _
from gateway.words.filters import in_words, short_date
from portal_contracts.accesses import Thing, ThingKind
from portal_contracts.identity_links.rpc.access import AccessRow


class _Names(NamedTuple):
    """What a kind of thing is called: the reader's own, or another's; and where it has no name."""

    own: str
    other: str
    own_unnamed: str
    other_unnamed: str


THINGS: dict[ThingKind, _Names] = {
    ThingKind.FORM: _Names(
        _("your %(title)s"), _("the form “%(title)s”"), _("one of your forms"), _("a form")
    ),
    ThingKind.SESSION: _Names(
        _("your session of %(day)s"),
        _("the session of %(day)s"),
        _("one of your sessions"),
        _("a session"),
    ),
    ThingKind.APPOINTMENT: _Names(
        _("your appointment on %(day)s"),
        _("the appointment on %(day)s"),
        _("one of your appointments"),
        _("an appointment"),
    ),
    ThingKind.MAIL: _Names(
        _("the e-mail “%(title)s” of %(day)s"),
        _("the e-mail “%(title)s” of %(day)s"),
        _("one of your e-mails"),
        _("an e-mail"),
    ),
}

SENTENCES: dict[str, tuple[ThingKind, str]] = {
    "form.sent": (ThingKind.FORM, _("%(who)s sent %(thing)s to be filled in")),
    "form.resent": (ThingKind.FORM, _("%(who)s mailed again that %(thing)s waits")),
    "form.due_day_changed": (
        ThingKind.FORM,
        _("%(who)s changed the day by which %(thing)s is wanted"),
    ),
    "form.unlocked": (ThingKind.FORM, _("%(who)s unlocked %(thing)s for correction")),
    "form.locked": (ThingKind.FORM, _("%(who)s locked %(thing)s again")),
    "answers.exported": (ThingKind.FORM, _("%(who)s exported the answers to %(thing)s")),
    "form.withdrawn": (ThingKind.FORM, _("%(who)s withdrew %(thing)s")),
    "form.submitted": (ThingKind.FORM, _("%(who)s filled in and sent %(thing)s")),
    "answers.opened": (ThingKind.FORM, _("%(who)s read %(thing)s")),
    "answers.reviewed": (ThingKind.FORM, _("%(who)s marked %(thing)s as reviewed")),
    "scores.opened": (ThingKind.FORM, _("%(who)s looked at the scores over time of %(thing)s")),
    "summary.opened": (ThingKind.SESSION, _("%(who)s read the summary of %(thing)s")),
    "summary.saved": (ThingKind.SESSION, _("%(who)s wrote the summary of %(thing)s")),
    "summary.shared": (ThingKind.SESSION, _("%(who)s shared the summary of %(thing)s")),
    "summary.unshared": (ThingKind.SESSION, _("%(who)s took back the summary of %(thing)s")),
    "note.opened": (ThingKind.SESSION, _("%(who)s read a private note on %(thing)s")),
    "note.saved": (ThingKind.SESSION, _("%(who)s wrote a private note on %(thing)s")),
    "session.recorded": (ThingKind.SESSION, _("%(who)s wrote down that there was %(thing)s")),
    "session.marked": (ThingKind.SESSION, _("%(who)s noted the outcome of %(thing)s")),
    "appointment.booked": (ThingKind.APPOINTMENT, _("%(who)s booked %(thing)s")),
    "appointment.moved": (ThingKind.APPOINTMENT, _("%(who)s moved %(thing)s")),
    "appointment.requested": (ThingKind.APPOINTMENT, _("%(who)s asked for %(thing)s")),
    "appointment.approved": (
        ThingKind.APPOINTMENT,
        _("%(who)s approved the request for %(thing)s"),
    ),
    "appointment.declined": (
        ThingKind.APPOINTMENT,
        _("%(who)s declined the request for %(thing)s"),
    ),
    "appointment.withdrawn": (
        ThingKind.APPOINTMENT,
        _("%(who)s withdrew the request for %(thing)s"),
    ),
    "appointment.cancelled": (ThingKind.APPOINTMENT, _("%(who)s cancelled %(thing)s")),
    "appointment.handed_over": (
        ThingKind.APPOINTMENT,
        _("%(who)s handed %(thing)s over to another practitioner"),
    ),
    "series.booked": (
        ThingKind.APPOINTMENT,
        _("%(who)s booked appointments that repeat; the first is %(thing)s"),
    ),
    "series.moved": (
        ThingKind.APPOINTMENT,
        _("%(who)s moved %(thing)s and others of its series"),
    ),
    "series.cancelled": (
        ThingKind.APPOINTMENT,
        _("%(who)s cancelled %(thing)s and others of its series"),
    ),
    "appointment.joined": (ThingKind.APPOINTMENT, _("%(who)s joined %(thing)s by video")),
    "appointment.opened": (ThingKind.APPOINTMENT, _("%(who)s read the note for %(thing)s")),
    "delivery.opened": (ThingKind.MAIL, _("%(who)s read %(thing)s")),
    "delivery.resent": (ThingKind.MAIL, _("%(who)s sent %(thing)s again")),
}
"""What was done, by its act; in refused ones nothing was."""

OWN_DETAILS: dict[str, str] = {
    "client.opened": _("%(who)s opened your details"),
    "client.edited": _("%(who)s changed your details"),
    "client.added": _("%(who)s added you as a client"),
    "client.archived": _("%(who)s archived your portal"),
    "client.activated": _("%(who)s opened your portal again"),
    "caseload.shared": _("%(who)s let a colleague see what is kept about you"),
    "caseload.withdrawn": _("%(who)s ended a colleague’s view of what is kept about you"),
    "emergency.opened": _("%(who)s opened in an emergency what is kept about you"),
    "caseload.handed_over": _("%(who)s handed you over to another practitioner"),
}
"""Before the client alone, where the practice reads of the client."""

ANY_ACT = _("%(who)s: %(act)s")
YOU_OR_SOMEBODY = _("You, or somebody with the same link,")
PROGRAM = _("A program of %(name)s")
TOKEN = _("The token “%(token)s” of %(name)s")
FORMER_TOKEN = _("A former token of %(name)s")


def install(environment: Environment) -> None:
    """Add every filter of this module to `environment`."""
    environment.filters.update({"access_sentence": access_sentence})


@pass_context
def access_sentence(context: Context, row: AccessRow, zone: str, own: object = None) -> str:
    """What a row of the access log tells, as markup: *Dr Rivera read your PHQ-9*.

    `own`: the reader is the client whom the row concerns.
    """
    who = _who(context, row, own=bool(own))
    kind, sentence = SENTENCES.get(row.act, (None, ""))
    if row.outcome == "done" and kind is not None:
        thing = _thing(context, kind, row.thing, zone, own=bool(own))
        return _say(context, sentence, who=who, thing=thing)
    if own and row.outcome == "done" and row.act in OWN_DETAILS:
        return _say(context, OWN_DETAILS[row.act], who=who)
    return _say(context, ANY_ACT, who=who.rstrip(","), act=in_words(context, row.act, "act"))


def _who(context: Context, row: AccessRow, *, own: bool) -> str:
    name = row.actor_name or in_words(context, row.actor_kind, "actor_kind")
    if own and row.actor_kind == "client" and row.revealed:
        return _say(context, YOU_OR_SOMEBODY)
    if row.token_id is None:
        return name
    if own:
        return _say(context, PROGRAM, name=name)
    if row.token_name:
        return _say(context, TOKEN, token=row.token_name, name=name)
    return _say(context, FORMER_TOKEN, name=name)


def _thing(context: Context, kind: ThingKind, thing: Thing | None, zone: str, *, own: bool) -> str:
    names = THINGS[kind]
    if thing is None:
        return _say(context, names.own_unnamed if own else names.other_unnamed)
    title = in_words(context, thing.title, "mail_kind") if kind is ThingKind.MAIL else thing.title
    day = short_date(context, thing.at, zone) if thing.at else ""
    return _say(context, names.own if own else names.other, title=title, day=day)


def _say(context: Context, text: str, **values: str) -> Markup:
    """`text` with `values`, which are escaped in it: as a plain text it would be so once more."""
    gettext: Any = context.resolve("gettext")
    said: Markup = gettext(text, **values)
    return said
