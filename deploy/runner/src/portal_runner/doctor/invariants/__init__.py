"""What must hold whatever happened: ``portal doctor --invariants``.

Each module looks at one promise, trusts no constraint and no code of the
services that keep it, and says how much it looked at and what is wrong.

| | promise | module |
|---|---|---|
| I1 | nobody is booked twice at one time | `overlaps` |
| I2 | what was acknowledged happened, what was refused did not | `recorded_acts` |
| I3 | every mail went out, once | `mails` |
| I4 | every answer that was saved is there, byte for byte | `drafts` |
| I7 | nothing is left lying: queues, outbox, inbox, transactions | `at_rest` |
"""
