"""Every step of the plan, of apply and of rollback, fails, hangs, finds the disk full, is interrupted or killed.

Afterwards (after the next start, where hubgate was killed) the old bytes are back and people log in the
old way, or the new ones are there and they log in the new way. The cases are made from the plan.
"""

import itertools
import os
import queue
import sys
import threading
import time

from lab import STATE, Lab, Wrong, differences

FILL = 'fallocate -l "$(df --output=avail -B1 / | tail -n 1)" /full || true; cat /dev/zero > /fuller || true'
INTERRUPT = "(sleep 0.2; kill -INT $PPID) > /dev/null 2>&1 &"
PURPOSES = ("apply", "rollback")


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
    """Which operations belong to which step: those between its two entries in the journal."""
    numbered = [(number, *line.split("\t")) for number, line in enumerate(operations.splitlines(), 1)]
    begun = next(n for n, _, what in numbered if what == f"write {STATE}/open")
    journal = next(what for _, _, what in numbered if what.endswith("/journal.json"))
    entries = [n for n, _, what in numbered if what == journal and n > begun]
    # Two for each step, and one that commits.
    if len(entries) != 2 * len(names) + 1:
        raise Wrong(f"{len(names)} steps, but {len(entries)} entries in the journal:\n{operations}")
    for number, (name, started, done) in enumerate(zip(names, entries[::2], entries[1::2]), 1):
        within = [operation for operation in numbered if started < operation[0] < done]
        if not within:
            raise Wrong(f"the step {name} does nothing")
        yield Step(number, len(names), name, within)


def cases(lab, purpose):
    """Plays it once without a fault, and makes the cases from what it did."""
    if purpose == "apply":
        names = [step["do"] for step in lab.plan()]
    said = lab.hubgate(purpose, HUBGATE_OPERATIONS=f"/root/{purpose}").must(0)
    if purpose == "rollback":
        # What it did is in its own words, a line for each step and one for the look at the login.
        names = [line.removeprefix("✓ ") for line in said.err.splitlines() if line.startswith("✓ ")][:-1]
    for step in steps(lab.read(f"/root/{purpose}").decode(), names):
        for fault, environment, killed in step.faults():
            yield purpose, f"{purpose}, {step}: {fault}", environment, killed


class Siege:
    """One container that plays cases."""

    def __init__(self, lab):
        self.lab = lab
        self.old = lab.files()
        lab.first_use_login()
        lab.hubgate("apply").must(0)
        lab.cognito_login()
        self.new = lab.files()
        self.applied = True

    def state(self):
        """Which of the two states the hub is in, to the byte and seen by people who log in."""
        lab = self.lab
        lab.nothing_left()
        files = lab.files()
        if files == self.old:
            lab.first_use_login()
            return "old"
        if files == self.new:
            lab.cognito_login()
            return "new"
        raise Wrong(f"neither old nor new: {differences(self.old, files)}, {differences(self.new, files)}")

    def go_to(self, applied):
        """Brings the hub where the case begins."""
        if self.applied != applied:
            self.lab.hubgate("apply" if applied else "rollback").must(0)
            self.applied = applied

    def play(self, purpose, environment, killed):
        """One case; tells how it ended."""
        lab = self.lab
        self.go_to(purpose == "rollback")
        ended = lab.hubgate(purpose, HUBGATE_OPERATIONS="/dev/null", **environment)
        lab.run("rm", "-f", "/full", "/fuller").must(0)
        if killed:
            ended.must(128 + 9)
            # The next start of any command; what it verifies is another matter.
            recovered = lab.hubgate("verify", "--wait", "0")
            if recovered.status not in (0, 5):
                raise Wrong(f"the next start: {recovered}")
        elif ended.status not in (0, 1):
            raise Wrong(f"not restored: {ended}")
        try:
            state = self.state()
        except Wrong as wrong:
            raise Wrong(f"{wrong}\nafter: {ended}") from None
        self.applied = state == "new"
        succeeded = self.applied == (purpose == "apply")
        if not killed and succeeded != (ended.status == 0):
            raise Wrong(f"the hub has the {state} login after {ended}")
        return f"the {state} login"


def work(number, binary, jobs, told):
    """One of the containers, until nothing is left to do."""
    with Lab(f"siege-{number}", binary) as lab:
        lab.cognito()
        siege = Siege(lab)
        while True:
            try:
                purpose, name, environment, killed = jobs.get_nowait()
            except queue.Empty:
                return
            began = time.monotonic()
            try:
                told(True, f"{name}: {siege.play(purpose, environment, killed)} ({time.monotonic() - began:.1f} s)")
            except Wrong as wrong:
                told(False, f"{name}: {wrong}")
                lab.reset()
                siege.applied = False


def main(binary):
    """Plays all cases in as many containers as there are cores, four at most."""
    with Lab("plan", binary) as lab:
        lab.cognito()
        generated = list(itertools.chain.from_iterable(cases(lab, purpose) for purpose in PURPOSES))
    only = os.environ.get("HUBGATE_SIEGE", "")
    jobs = queue.Queue()
    for case in generated:
        if only in case[1]:
            jobs.put(case)
    count, faults, lock = jobs.qsize(), [], threading.Lock()

    def told(well, text):
        with lock:
            print(f"{'ok   ' if well else 'WRONG'} {text}", flush=True)
            if not well:
                faults.append(text)

    def worker(number):
        try:
            work(number, binary, jobs, told)
        except Exception as error:  # a thread that dies silently would be a case that was not played
            told(False, f"container {number}: {error!r} {error}")

    workers = [threading.Thread(target=worker, args=[number]) for number in range(min(4, os.cpu_count() or 1))]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    print(f"{count} cases, {len(faults)} left the hub broken or said so wrongly")
    return 1 if faults or not count or not jobs.empty() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
