"""The second apply finds nothing to do: it changes nothing, starts no tljh-config, restarts nothing, and is quick."""

import json
import sys

from lab import CONFIG, STATE, Lab, Wrong, differences

TLJH_CONFIG = "/opt/tljh/hub/bin/tljh-config"
# Runs each command in turn, and prints the least time that each took, in seconds.
IN_TURN = """import json, subprocess, sys, time
commands = json.loads(sys.argv[1])
least = [float("inf")] * len(commands)
for _ in range(7):
    for number, command in enumerate(commands):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        least[number] = min(least[number], time.perf_counter() - began)
print(json.dumps(least))
"""


def look(lab):
    """Everything that a second run must not touch."""
    times = lab.shell(f"find {CONFIG} {STATE} -printf '%p %T@ %C@\\n' | grep -v /lock")
    units = lab.shell("systemctl show jupyterhub traefik --property=MainPID,NRestarts,ActiveEnterTimestampMonotonic")
    return lab.files(), times, units


def main(binary):
    with Lab("twice", binary) as lab:
        lab.cognito()
        # A pipe gives the answers once; what was applied is known all the same.
        lab.shell("cat /root/hubgate.toml | hubgate apply --answers /dev/stdin")
        lab.run("hubgate", "verify").must(0)
        lab.run("hubgate", "doctor").must(0)
        print("ok  verify and doctor know what is in force after answers from a pipe")
        # Whoever starts it, it is written down.
        lab.shell(f"""mv {TLJH_CONFIG} {TLJH_CONFIG}.real
            printf '#!/bin/sh\\necho "$@" >> /root/started\\nexec {TLJH_CONFIG}.real "$@"\\n' > {TLJH_CONFIG}
            chmod 755 {TLJH_CONFIG}
            tljh-config show > /dev/null
            grep -x show /root/started
            rm /root/started""")
        before = look(lab)
        lab.hubgate("apply", HUBGATE_OPERATIONS="/root/operations").must(0, "nothing to do")
        after = look(lab)
        if before != after:
            raise Wrong(f"changed: {differences(before[0], after[0])}\n{before[1:]}\n{after[1:]}")
        if lab.exists("/root/started"):
            raise Wrong(f"tljh-config ran: {lab.read('/root/started').decode()}")
        did = [line for line in lab.read("/root/operations").decode().splitlines() if "make folder /var/lib/hubgate" not in line]
        if did:
            raise Wrong(f"it did something: {did}")
        print("ok  the second apply changes, starts and restarts nothing")
        lab.shell("hubgate apply --answers /root/hubgate.toml > /dev/full")
        print("ok  nor does it fail because its words find no room")

        lab.shell(f"mv {TLJH_CONFIG}.real {TLJH_CONFIG}")
        commands = [["hubgate", "apply", "--answers", "/root/hubgate.toml"], [TLJH_CONFIG, "show"]]
        second, show = json.loads(lab.run("python3", "-c", IN_TURN, json.dumps(commands)).must(0).out)
        if second * 2 >= show:
            raise Wrong(f"the second apply takes {second * 1e3:.0f} ms, tljh-config show {show * 1e3:.0f} ms")
        print(f"ok  it takes {second * 1e3:.1f} ms, tljh-config show {show * 1e3:.1f} ms: {second / show:.2f} of it")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
