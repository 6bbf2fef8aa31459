from queue import Queue
from typing import Any, ClassVar

from kombu.transport import virtual

class Channel(virtual.Channel):
    events: ClassVar[dict[str, Any]]
    queues: ClassVar[dict[str, Queue[Any]]]

class Transport(virtual.Transport):
    global_state: ClassVar[Any]
