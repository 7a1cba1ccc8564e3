"""The hub of a rehearsal: what TLJH configures, without systemd, system users and notebook servers.

rehearsal.json, beside this file, says what differs from one rehearsal to the next.
"""

import json
import os
import shutil
import signal
import threading
import time
from glob import glob

import jupyterhub
from jupyterhub.spawner import Spawner
from tornado.web import HTTPError

c = get_config()  # noqa: F821 (JupyterHub defines it)

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "rehearsal.json"), encoding="utf-8") as file:
    rehearsal = json.load(file)


class NoServers(Spawner):
    """A notebook server would run as whoever rehearses, for whoever logs in."""

    async def start(self):
        raise HTTPError(503, "This is a rehearsal: the login works, and no notebook server is started.")

    async def stop(self, now=False):
        pass

    async def poll(self):
        return 0


def end_with(parent):
    """Ends hub, proxy and this folder when hubgate is gone without having done so."""
    while os.getppid() == parent:
        time.sleep(0.5)
    shutil.rmtree(HERE, ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()

c.JupyterHub.spawner_class = NoServers
# With the base URL in it: set apart, it would undo the address.
c.JupyterHub.bind_url = rehearsal["url"]
c.JupyterHub.hub_port = rehearsal["hub_port"]
c.JupyterHub.default_url = rehearsal["home"]
c.JupyterHub.db_url = "sqlite:///" + os.path.join(HERE, "jupyterhub.sqlite")
c.JupyterHub.cookie_secret_file = os.path.join(HERE, "cookie_secret")

# TLJH's own proxy. There systemd starts it; here the hub does.
c.JupyterHub.proxy_class = "traefik_file"
c.TraefikProxy.traefik_api_url = "http://127.0.0.1:%d" % rehearsal["proxy_api_port"]
c.TraefikProxy.traefik_api_username = "rehearsal"
c.TraefikProxy.traefik_api_password = rehearsal["proxy_api_password"]
c.TraefikFileProviderProxy.static_config_file = os.path.join(HERE, "traefik.toml")
c.TraefikFileProviderProxy.dynamic_config_file = os.path.join(HERE, "rules.toml")

# What hubgate asks the hub with: who somebody is there, and what they may do.
service = {"name": "rehearsal", "api_token": rehearsal["api_token"]}
if jupyterhub.version_info >= (2,):
    role = {"name": "rehearsal", "services": ["rehearsal"], "scopes": ["read:users", "read:hub"]}
    c.JupyterHub.load_roles = [role]
else:
    service["admin"] = True
c.JupyterHub.services = [service]

# As TLJH's configurer does with auth.type, users.allowed, users.banned and users.admin.
c.JupyterHub.authenticator_class = rehearsal["authenticator_class"]
c.Authenticator.allowed_users = set(rehearsal["allowed_users"])
c.Authenticator.blocked_users = set()
c.Authenticator.admin_users = set(rehearsal["admin_users"])

for path in sorted(glob(os.path.join(HERE, "jupyterhub_config.d", "*.py"))):
    load_subconfig(path)  # noqa: F821 (JupyterHub defines it)

# The one thing that is not as on the real hub: the stand-in's addresses instead of Cognito's, this
# hub's instead of the public one's. An address that the answers do not lead to is an error.
for name, addresses in rehearsal["addresses"].items():
    rendered = c.GenericOAuthenticator.get(name)
    if rendered is None:
        continue
    if rendered != addresses["rendered"]:
        raise ValueError("awscognito.py sets %s to %s, not to %s" % (name, rendered, addresses["rendered"]))
    c.GenericOAuthenticator[name] = addresses["rehearsed"]
