"""Stands for `python ARGUMENT…`: has it run by forks.py, whose socket is the first argument."""

import json
import os
import socket
import sys

with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as forks:
    forks.connect(sys.argv[1])
    asked = {"arguments": sys.argv[2:], "environment": dict(os.environ), "folder": os.getcwd()}
    socket.send_fds(forks, [json.dumps(asked).encode()], [0, 1, 2])
    status = forks.recv(1)
sys.exit(status[0] if status else 1)
