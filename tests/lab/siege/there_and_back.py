"""First-use login, apply, Cognito login, rollback, first-use login: every byte and mode as before.

And the client secret is nowhere but in its file, whatever is looked at while that goes on.
"""

import re
import sys
import threading
from pathlib import Path

from lab import PROJECT, Lab, Wrong, differences

SECRET_FILE = "/opt/tljh/config/jupyterhub_config.d/awscognito.secret"


class Watch:
    """Reads the arguments and environments of all processes for as long as it is watched over."""

    def __init__(self, canary):
        self.canary, self.seen, self.looks, self.stop = canary.encode(), set(), 0, threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.stop.is_set():
            self.looks += 1
            for process in Path("/proc").glob("[0-9]*"):
                for what in ("cmdline", "environ"):
                    try:
                        if self.canary in (process / what).read_bytes():
                            self.seen.add(f"{what} of {(process / 'comm').read_text().strip()}")
                    except OSError:
                        pass  # it has ended

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


def holders(lab):
    """Every file in the container that holds the secret, and whether its mode keeps others out."""
    found = lab.run("grep", "-rlF", "-D", "skip", "-f", "/root/cognito.secret", "/etc", "/opt", "/root", "/run", "/tmp", "/usr/local", "/var").out
    holds = {}
    for path in found.split():
        mode = (lab.root / path.lstrip("/")).stat().st_mode
        holds[path] = oct(mode & 0o777)
    return holds


def without_seconds(text):
    """What hubgate says of each step, whatever time it took."""
    return re.sub(r" \(\d+\.\d s\)$", "", text.strip(), flags=re.M)


def as_readme_shows(ended):
    """README.md's transcript of apply is what apply prints."""
    shown = (PROJECT / "README.md").read_text().split("$ sudo hubgate apply --answers hubgate.toml\n", 1)[1]
    shown = without_seconds(shown.split("```", 1)[0])
    if without_seconds(ended.out) != shown:
        raise Wrong(f"README.md shows\n{shown}\nand apply says\n{ended}")
    return ended


def main(binary):
    with Lab("back", binary) as lab, Watch(lab.secret) as watch:
        lab.cognito()
        before = lab.files()
        said = []
        lab.first_use_login()
        print("ok  the first-use login, before")

        # Both of its outputs in one, in their order.
        said.append(as_readme_shows(lab.run("sh", "-c", "hubgate apply --answers /root/hubgate.toml 2>&1").must(0)))
        lab.cognito_login()
        print("ok  ada is admin, grace gets in and mallory does not, after apply")
        said.append(lab.hubgate("verify").must(0))
        said.append(lab.hubgate("verify", "--json").must(0))
        said.append(lab.hubgate("doctor"))
        said.append(lab.hubgate("doctor", "--json").must(0))
        said.append(lab.hubgate("apply", "--json").must(0))
        applied = holders(lab)

        said.append(lab.hubgate("rollback", "--list", "--json").must(0))
        said.append(lab.hubgate("rollback").must(0, "restored: the hub is as it was before the last apply"))
        if differences(before, lab.files()):
            raise Wrong(f"not as before: {differences(before, lab.files())}")
        lab.nothing_left()
        lab.first_use_login()
        print(f"ok  after rollback {len(before)} files and folders are as before to the byte and mode, and so is the login")

        rolled_back = holders(lab)
        mine = "/root/cognito.secret"
        if applied != {mine: "0o600", SECRET_FILE: "0o600"}:
            raise Wrong(f"the secret is in {applied}")
        if SECRET_FILE in rolled_back or any(mode != "0o600" for mode in rolled_back.values()):
            raise Wrong(f"after rollback the secret is in {rolled_back}")
        if watch.looks < 50 or watch.seen:
            raise Wrong(f"{watch.looks} looks at all processes; the secret was in {watch.seen}")
        texts = [str(ended) for ended in said] + [lab.run("journalctl", "--no-pager").must(0).out]
        if any(lab.secret in text for text in texts):
            raise Wrong("the secret is in what hubgate says or in the journal")
        print(f"ok  the secret is in its file alone ({watch.looks} looks at all processes, {len(texts)} texts)")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
