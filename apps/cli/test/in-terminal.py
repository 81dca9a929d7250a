"""Runs a program in a pseudo terminal: `python3 in-terminal.py STEPS COMMAND ARGS…`.

STEPS is a list in JSON of pairs: a text to wait for on the screen, and what is typed then. Prints all that was
shown; ends with the program's exit code, or 99 when a text did not come within ten seconds.
"""
import json, os, pty, select, sys, time

steps = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])

shown = b""
seen = 0
deadline = time.monotonic() + 10
while True:
    while steps and steps[0][0].encode() in shown[seen:]:
        wanted, typed = steps.pop(0)
        seen = shown.index(wanted.encode(), seen) + len(wanted.encode())
        os.write(terminal, typed.encode())
    if time.monotonic() > deadline:
        os.kill(pid, 9)
        break
    if not select.select([terminal], [], [], 0.1)[0]:
        continue
    try:
        more = os.read(terminal, 65536)
    except OSError:  # the program has ended
        more = b""
    if not more:
        break
    shown += more

status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.buffer.write(shown)
sys.exit(99 if steps else status)
