import socket
from collections.abc import Callable

class TCPTransport:
    sock: socket.socket
    _quick_recv: Callable[[int], bytes]
    _write: Callable[[bytes], None]
