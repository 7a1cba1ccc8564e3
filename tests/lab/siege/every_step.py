"""Every step of the plan fails, hangs, finds the disk full, is interrupted, or hubgate is killed at it.

Afterwards (after the next start, where hubgate was killed) the old bytes are back and people log in the
old way, or the new ones are there and they log in the new way. The cases are made from the plans: of apply on a
hub with the first-use login, of apply with one more user, and of rollback.
"""

import os
import sys
import threading
import time

from lab import ANSWERS, STATE, Lab, Wrong, differences

FILL = 'fallocate -l "$(df --output=avail -B1 / | tail -n 1)" /full || true; cat /dev/zero > /fuller || true'
INTERRUPT = "(sleep 0.2; kill -INT $PPID) > /dev/null 2>&1 &"
MORE_USERS = ANSWERS.replace('["grace"]', '["grace", "katherine"]')
# What is done, from which state of the hub, to which.
WAYS = {"apply": ("first use", "cognito"), "apply one more user": ("cognito", "more users"), "rollback": ("cognito", "first use")}


# What undoes a rollback is what undoes an apply; the tests in memory play all of it.
ROLLBACK_FAULTS = ("fails having done its work", "disk full", "killed after")


class Step:
    """One step of a plan and the operations that it consists of, numbered as hubgate counts them."""

    def __init__(self, number, of, name, operations):
        self.number, self.of, self.name = number, of, name
        # What comes after it only looks on, as often as the hub takes to come up.
        self.at, self.kind, _ = operations[0]

    def faults(self):
        """Each fault's name, the environment that brings it about, and whether hubgate is killed by it."""
        yield "fails having done its work", {"HUBGATE_FAULT": f"{self.at}:FailsAfter"}, False
        if self.kind == "Program":
            yield "hangs", {"HUBGATE_FAULT": f"{self.at}:HangsAfter"}, False
            yield "interrupted meanwhile", {"HUBGATE_MEANWHILE": f"{self.at}:{INTERRUPT}"}, False
        else:
            yield "interrupted", {"HUBGATE_FAULT": f"{self.at}:InterruptedAfter"}, False
        yield "disk full", {"HUBGATE_MEANWHILE": f"{self.at}:{FILL}"}, False
        yield "killed before", {"HUBGATE_FAULT": f"{self.at}:KilledBefore"}, True
        yield "killed after", {"HUBGATE_FAULT": f"{self.at}:KilledAfter"}, True

    def __str__(self):
        return f"step {self.number} of {self.of}, {self.name}"


def steps(operations, names):
    """Which operations belong to which step: those between its two entries in the journal; its end, where there are none."""
    numbered = [(number, *line.split("\t")) for number, line in enumerate(operations.splitlines(), 1)]
    begun = next(n for n, _, what in numbered if what == f"write {STATE}/open")
    journal = next(what for _, _, what in numbered if what.endswith("/journal.json"))
    entries = [n for n, _, what in numbered if what == journal and n > begun]
    # Two for each step, and one that commits.
    if len(entries) != 2 * len(names) + 1:
        raise Wrong(f"{len(names)} steps, but {len(entries)} entries in the journal:\n{operations}")
    for number, (name, started, done) in enumerate(zip(names, entries[::2], entries[1::2]), 1):
        within = [operation for operation in numbered if started < operation[0] <= done]
        yield Step(number, len(names), name, within)


class Siege:
    """One container, the states that its hub can be in, and which it is in."""

    def __init__(self, lab):
        self.lab = lab
        lab.write("/root/more.toml", MORE_USERS.encode())
        self.states = {"first use": lab.files()}
        self.now = "first use"
        self.operations = {}
        for way in ("apply", "apply one more user", "rollback", "rollback"):
            ended = self.do(way, HUBGATE_OPERATIONS="/root/operations").must(0)
            self.operations[way] = lab.read("/root/operations").decode(), ended
            lab.run("rm", "/root/operations").must(0)
            self.now = {"apply": "cognito", "apply one more user": "more users"}.get(way) or self.see()
            self.states.setdefault(self.now, lab.files())
            self.see()

    def do(self, way, **environment):
        """Runs hubgate, one of the ways."""
        answers = {"apply": "hubgate.toml", "apply one more user": "more.toml"}
        if way in answers:
            return self.lab.run("hubgate", "apply", "--answers", f"/root/{answers[way]}", **environment)
        return self.lab.run("hubgate", "rollback", **environment)

    def see(self):
        """Which state the hub is in, to the byte and mode, and seen by people who log in."""
        lab = self.lab
        lab.nothing_left()
        files = lab.files()
        found = next((name for name, known in self.states.items() if known == files), None)
        if not found:
            raise Wrong("; ".join(f"not {name}: {differences(known, files)}" for name, known in self.states.items()))
        if found == "first use":
            lab.first_use_login()
        else:
            lab.cognito_login()
        return found

    def go_to(self, state):
        """Brings the hub where a case begins."""
        while self.now != state:
            way = "apply" if self.now == "first use" else "rollback"
            self.do(way).must(0)
            self.now = "cognito" if self.now in ("first use", "more users") else "first use"

    def cases(self, way):
        """The cases of a way, made from what it did without a fault."""
        operations, ended = self.operations[way]
        # In its own words: a line for each step, after one for preflight and before one for the look at the login.
        told = [line.removeprefix("✓ ") for line in ended.err.splitlines() if line.startswith("✓ ")]
        names = [line.rpartition(" (")[0] if line.endswith(" s)") else line for line in told]
        for step in steps(operations, names[:-1] if way == "rollback" else names[1:-1]):
            for fault, environment, killed in step.faults():
                if way != "rollback" or fault in ROLLBACK_FAULTS:
                    yield f"{way}, {step}: {fault}", (way, environment, killed)

    def play(self, way, environment, killed):
        """One case; tells how it ended."""
        before, after = WAYS[way]
        self.go_to(before)
        ended = self.do(way, HUBGATE_OPERATIONS="/dev/null", **environment)
        self.lab.run("rm", "-f", "/full", "/fuller").must(0)
        if killed:
            ended.must(128 + 9)
            # The next start of any command; what it verifies is another matter.
            recovered = self.lab.hubgate("verify", "--wait", "0")
            if recovered.status not in (0, 5):
                raise Wrong(f"the next start: {recovered}")
        elif ended.status not in (0, 1):
            raise Wrong(f"not restored: {ended}")
        try:
            self.now = self.see()
        except Wrong as wrong:
            raise Wrong(f"{wrong}\nafter: {ended}") from None
        if self.now not in (before, after) or (not killed and (self.now == after) != (ended.status == 0)):
            raise Wrong(f"the hub is in the state {self.now!r} after {ended}")
        return f"{'done' if self.now == after else 'undone'}, {self.now}"


class Jobs:
    """The names of the cases that are to be played, and what was told of them."""

    def __init__(self):
        self.lock, self.names, self.count, self.faults = threading.Lock(), None, 0, []

    def next(self, names):
        """The next case; the first who asks brings them all."""
        with self.lock:
            if self.names is None:
                only = os.environ.get("HUBGATE_SIEGE", "")
                self.names = [name for name in reversed(names) if only in name]
                self.count = len(self.names)
            return self.names.pop() if self.names else None

    def told(self, well, text):
        """Prints how a case ended."""
        with self.lock:
            print(f"{'ok   ' if well else 'WRONG'} {text}", flush=True)
            if not well:
                self.faults.append(text)


def work(number, binary, jobs):
    """One of the containers, until nothing is left to do."""
    with Lab(f"siege-{number}", binary) as lab:
        lab.start_sooner()
        lab.cognito()
        siege = Siege(lab)
        # Each container did the same without a fault, and so makes the same cases.
        cases = {name: case for way in WAYS for name, case in siege.cases(way)}
        while name := jobs.next(list(cases)):
            began = time.monotonic()
            try:
                ended = siege.play(*cases[name])
                jobs.told(True, f"{name}: {ended} ({time.monotonic() - began:.1f} s)")
            except Wrong as wrong:
                jobs.told(False, f"{name}: {wrong}")
                lab.reset()
                siege.now = "first use"


def main(binary):
    """Plays all cases in as many containers as there are cores, four at most."""
    jobs = Jobs()

    def worker(number):
        try:
            work(number, binary, jobs)
        except Exception as error:  # a thread that dies silently would be a case that was not played
            jobs.told(False, f"container {number}: {error!r} {error}")

    workers = [threading.Thread(target=worker, args=[number]) for number in range(min(4, os.cpu_count() or 1))]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    print(f"{jobs.count} cases, {len(jobs.faults)} left the hub broken or said so wrongly")
    return 1 if jobs.faults or jobs.names or not jobs.count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
