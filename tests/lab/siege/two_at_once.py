"""Two applies at once, and an apply while somebody uses tljh-config: one waits or fails clearly, nothing is lost."""

import sys
import time

from lab import Lab, Wrong, differences, ended


def two_applies(lab, before):
    """The same answers twice."""
    both = [lab.start("hubgate", "apply", "--answers", "/root/hubgate.toml") for _ in range(2)]
    results = [ended(process) for process in both]
    for result in results:
        if result.status == 1:
            result.must(1, "another hubgate is changing this hub")
        else:
            result.must(0)
    if all(result.status for result in results):
        raise Wrong(f"neither of two got through: {results[0]} {results[1]}")
    lab.cognito_login()
    lab.nothing_left()
    lab.hubgate("rollback").must(0)
    if differences(before, lab.files()):
        raise Wrong(f"rollback after two applies: {differences(before, lab.files())}")
    print(f"ok  two applies at once end with exit {results[0].status} and {results[1].status}")


def during_a_set(lab, before, delay):
    """Somebody else changes a setting when apply has run for so long, and has TLJH's word that it was done."""
    applying = lab.start("hubgate", "apply", "--answers", "/root/hubgate.toml")
    time.sleep(delay)
    memory = f"{int(delay * 1000) + 1}M"
    theirs = lab.run("tljh-config", "set", "limits.memory", memory)
    ours = ended(applying)
    if theirs.status not in (0, 1) or ours.status not in (0, 1):
        raise Wrong(f"at {delay} s: {theirs}\n{ours}")
    if theirs.status == 1:
        theirs.must(1, "Another instance of tljh-config holds the lock")
    kept = memory in lab.run("tljh-config", "show").must(0).out
    if kept != (theirs.status == 0):
        raise Wrong(f"at {delay} s: tljh-config said {theirs.status}, its setting is {'' if kept else 'not '}there: {ours}")
    lab.nothing_left()
    if ours.status == 0:
        lab.cognito_login()
        # What somebody set since is theirs: rollback takes away our part of the file alone, or refuses.
        lab.hubgate("rollback", *(["--force"] if kept else [])).must(0)
    elif "nothing was changed" not in ours.err:
        ours.must(1, "restored")
    if kept:
        lab.run("tljh-config", "unset", "limits.memory")
    lab.first_use_login()
    print(f"ok  tljh-config set {delay} s into it: exit {theirs.status}, apply: exit {ours.status}; neither loses anything")


def main(binary):
    with Lab("both", binary) as lab:
        lab.cognito()
        before = lab.files()
        two_applies(lab, before)
        # Through preflight, the backups, the steps with tljh-config, and the restart.
        for delay in (0.0, 0.8, 1.2, 1.6, 2.4, 3.6):
            during_a_set(lab, before, delay)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
