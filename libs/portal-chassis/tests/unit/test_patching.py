"""A process of greenthreads asks for names without standing still."""

import json
import subprocess
import sys

PROGRAM = """
import portal_chassis.process.patching as patching
import eventlet, json, socket, threading

numbers = socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)[0][4]
named = {found[4][0] for found in socket.getaddrinfo("localhost", 80)}

system, answered = patching._system, eventlet.patcher.original("threading").Event()

def slow(*arguments, **options):
    answered.wait(10)
    return system(*arguments, **options)

patching._system = slow
asking = eventlet.spawn(socket.create_connection, ("localhost", 1), 5)
ticks = 0
for ticks in range(1, 21):
    eventlet.sleep(0.001)
still_asking = not asking.dead
answered.set()
try:
    asking.wait()
    refused = False
except OSError:
    refused = True
print(json.dumps([numbers[0], sorted(named), ticks, still_asking, refused]))
"""


def test_a_slow_answer_holds_up_only_who_waits_for_it():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=30, check=True
    )
    number, named, ticks, still_asking, refused = json.loads(done.stdout)
    assert number == "127.0.0.1"
    assert {"127.0.0.1", "::1"} & set(named)
    assert (ticks, still_asking, refused) == (20, True, True)
