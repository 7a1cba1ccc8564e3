#!/usr/bin/env python3
"""How long `hubgate apply` takes on a changed hub, against its own plan's tljh-config commands in a shell loop.

    cargo build --release && sudo benches/apply.py target/release/hubgate

In turns on one hub in the container of tests/lab, each time from the same state. Prints the medians, their ratio
and apply's peak memory; fails above 1.05 times and above 12 MiB.
"""

import shlex
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "lab" / "siege"))

from lab import CONFIG, Lab  # noqa: E402

ROUNDS = 5
MOST_TIMES, MOST_MEMORY = 1.05, 12 * 1024
FOLDER = f"{CONFIG}/jupyterhub_config.d"


def loop(plan, files):
    """The plan as a person would type it: files put in place, each tljh-config command, both reloads."""
    install = [f"install -m {mode} /root/by-hand/{name} {FOLDER}/{name}" for name, mode in files.items()]
    settings = [shlex.join(["tljh-config", *words]) for words in plan]
    return "\n".join(["set -e", *install, *settings, "tljh-config reload proxy", "tljh-config reload hub"])


def settings(steps):
    """The arguments of tljh-config in a plan's JSON."""
    return [[step["command"], step["path"], step["value"]] for step in steps if step["do"] == "tljh-config"]


def peak_kib(process, lab):
    """The most memory that hubgate itself had, looked at until it ends."""
    most = 0
    while process.poll() is None:
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
                if lines["Name"].strip() == "hubgate" and (status.parent / "root").samefile(lab.root):
                    if b"apply" in (status.parent / "cmdline").read_bytes().split(b"\0"):
                        most = max(most, int(lines["VmHWM"].split()[0]))
            except (OSError, KeyError):
                pass  # it has ended
        time.sleep(0.01)
    return most


def main(binary):
    with Lab("cost", binary) as lab:
        lab.cognito()
        script = loop(settings(lab.plan()), {"awscognito.secret": "0600", "awscognito.py": "0644"})
        lab.hubgate("apply").must(0)
        lab.shell(f"cp -r {FOLDER} /root/by-hand")
        lab.hubgate("rollback").must(0)
        times, peak = {"hubgate": [], "loop": []}, 0
        for round_number in range(ROUNDS):
            for name in ("hubgate", "loop"):
                lab.reset()
                began = time.monotonic()
                if name == "hubgate":
                    lab.hubgate("apply").must(0)
                else:
                    lab.run("bash", "-c", script).must(0)
                times[name].append(time.monotonic() - began)
        lab.reset()
        process = lab.start("hubgate", "apply", "--answers", "/root/hubgate.toml")
        peak = peak_kib(process, lab)
    hubgate, by_hand = statistics.median(times["hubgate"]), statistics.median(times["loop"])
    for name, taken in times.items():
        print(f"{name:8} median {statistics.median(taken):.2f} s, least {min(taken):.2f} s, most {max(taken):.2f} s")
    print(f"ratio {hubgate / by_hand:.2f} (of the least {min(times['hubgate']) / min(times['loop']):.2f})")
    print(f"apply's peak memory {peak} KiB")
    return 1 if hubgate > MOST_TIMES * by_hand or not 0 < peak <= MOST_MEMORY else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
