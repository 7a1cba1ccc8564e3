"""Runs a hub's Python for tests, in forks of one process that has imported JupyterHub.

Given to `python -c` with the path of a socket. A caller, asks_fork.py beside this, sends its arguments, environment
and folder along with its three streams. What it wants runs as in a Python of its own, and ends with it at the latest.
Nothing is imported before whose import reads the environment, as oauthenticator's does.
"""

import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
import traceback
import types

import jupyterhub.app  # noqa: F401


def end_with(caller):
    caller.recv(1)
    os.kill(os.getpid(), signal.SIGKILL)


def run(arguments):
    if arguments == ["-"]:
        module = sys.modules["__main__"] = types.ModuleType("__main__")
        exec(compile(sys.stdin.read(), "<stdin>", "exec"), vars(module))
    elif arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.exit("neither - nor -m")


def status_of(arguments):
    try:
        run(arguments)
        return 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1


def fork(caller):
    text, streams, _, _ = socket.recv_fds(caller, 1 << 18, 3)
    asked = json.loads(text)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
        os.close(stream)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.path[:1] = ["", *filter(None, os.environ.get("PYTHONPATH", "").split(":"))]
    sys.dont_write_bytecode = True
    threading.Thread(target=end_with, args=(caller,), daemon=True).start()
    status = status_of(asked["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    caller.send(bytes([status & 255]))
    os._exit(status & 255)


def main():
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(sys.argv[1])
    listener.listen(16)
    print("ready", flush=True)
    while True:
        ready, _, _ = select.select([listener, 0], [], [])
        if 0 in ready:
            # Whoever started this is gone.
            return
        caller, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            fork(caller)
        caller.close()


main()
