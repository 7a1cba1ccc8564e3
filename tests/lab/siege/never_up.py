"""A hub that does not come up with the new settings is put back within the deadline, and the cause is told."""

import sys
import time

from lab import CERTIFICATE, CONFIG, Lab, Wrong, differences

# Seconds that the hub may take to come up, and what undoing it may take on a busy machine.
DEADLINE, UNDO = 20, 60
OTHER = f"{CONFIG}/jupyterhub_config.d/zz-other.py"
# Only where systemd runs it, and only with the new login beside it: nothing that preflight can see.
IN_THE_UNIT_ALONE = f"""import os
if "INVOCATION_ID" in os.environ and os.path.exists("{CONFIG}/jupyterhub_config.d/awscognito.py"):
    exec(compile("c.Spawner.cmd = [", "{OTHER}", "exec"))
"""
# Takes the hub's port as soon as the old hub lets go of it, for as long as the new login is there.
THIEF = f"""import os, socket, time
while True:
    thief = socket.socket()
    # As the hub's own server: what is closed but not yet forgotten is in nobody's way.
    thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        thief.bind(("127.0.0.1", 15001))
        break
    except OSError:
        thief.close()
        time.sleep(0.002)
thief.listen()
while os.path.exists("{CONFIG}/jupyterhub_config.d/awscognito.py"):
    time.sleep(0.01)
"""


def undone(lab, what, *words, untouched=False):
    """Applies in vain: exit 1, the cause named, and the hub as before."""
    before = lab.files()
    began = time.monotonic()
    ended = lab.hubgate("apply", "--hub-deadline", str(DEADLINE)).must(1, *words)
    took = time.monotonic() - began
    if took > DEADLINE + UNDO:
        raise Wrong(f"{what}: took {took:.0f} s: {ended}")
    if differences(before, lab.files()):
        raise Wrong(f"{what}: not as before: {differences(before, lab.files())}")
    if untouched == ("restored" in ended.out + ended.err):
        raise Wrong(f"{what}: {ended}")
    lab.nothing_left()
    lab.first_use_login()
    print(f"ok  {what}: {'nothing touched' if untouched else 'undone'} ({took:.1f} s)")


def main(binary):
    with Lab("never", binary) as lab:
        lab.cognito()

        lab.write(OTHER, b"c.Spawner.cmd = [\n")
        undone(lab, "a syntax error in another .py", "zz-other.py", "line 1", untouched=True)

        lab.write(OTHER, IN_THE_UNIT_ALONE.encode())
        undone(lab, "a syntax error that only the unit meets", "SyntaxError", "zz-other.py")
        (lab.root / OTHER.lstrip("/")).unlink()

        thief = lab.start("python3", "-c", THIEF)
        undone(lab, "the hub's port in use", "15001", "in use")
        thief.communicate(timeout=30)

        answers = lab.read("/root/hubgate.toml").decode()
        lab.write("/root/hubgate.toml", answers.replace(f"{CERTIFICATE}.crt", "/etc/hubgate-lab/none.crt").encode())
        undone(lab, "a certificate path that is not there", "/etc/hubgate-lab/none.crt", untouched=True)

        lab.shell("lab-cert hub.example.org 30 /etc/hubgate-lab/other")
        lab.write("/root/hubgate.toml", answers.replace(f"{CERTIFICATE}.key", "/etc/hubgate-lab/other.key").encode())
        undone(lab, "the key of another certificate", "/etc/hubgate-lab/other.key is not that of", untouched=True)

        # Root reads it through the link, traefik's unit does not.
        lab.shell(f"cp {CERTIFICATE}.key /root/hub.key; ln -s /root/hub.key /etc/hubgate-lab/linked.key")
        lab.write("/root/hubgate.toml", answers.replace(f"{CERTIFICATE}.key", "/etc/hubgate-lab/linked.key").encode())
        undone(lab, "a key that only traefik cannot see", "certificate")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
