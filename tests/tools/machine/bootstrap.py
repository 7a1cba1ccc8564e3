"""A stand-in for TLJH's installer: lays out what the rendered script looks for."""

import os
import shutil
import sys

HERE = os.environ["FAKE"]
PREFIX = os.environ["TLJH_INSTALL_PREFIX"]


def main():
    umask = os.umask(0o022)
    os.umask(umask)
    with open(HERE + "/commands", "a") as file:
        file.write("bootstrap %s umask=%03o HOME=%s\n" % (" ".join(sys.argv[1:]), umask, os.environ.get("HOME")))
    os.makedirs(PREFIX + "/hub/bin", exist_ok=True)
    os.makedirs(PREFIX + "/config/jupyterhub_config.d", mode=0o700, exist_ok=True)
    for source, target in (("hub-python", "python"), ("hub-tljh-config", "tljh-config")):
        shutil.copy(os.path.join(HERE, "machine", source), os.path.join(PREFIX, "hub/bin", target))
    with open("/etc/systemd/system/jupyterhub.service", "w") as file:
        file.write("[Unit]\n")


if __name__ == "__main__":
    main()
