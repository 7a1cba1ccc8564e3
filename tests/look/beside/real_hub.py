"""The configuration of a hub that is started: TLJH's, and on it what a test's machine cannot have.

That is no proxy, no notebook servers, and the stand-in's addresses in the place of the pool's. real_hub.json in the
working folder says which; who gets in is decided by nothing here.
"""

import json
import os

import jupyterhub
import tljh
from jupyterhub.proxy import Proxy
from jupyterhub.spawner import Spawner
from tornado.web import HTTPError
from traitlets.config.loader import Config

c = get_config()  # noqa: F821 (JupyterHub defines it)
with open("real_hub.json", encoding="utf-8") as file:
    asked = json.load(file)
load_subconfig(os.path.join(os.path.dirname(tljh.__file__), "jupyterhub_config.py"))  # noqa: F821


class NoProxy(Proxy):
    should_start = False

    async def get_all_routes(self):
        return {}

    async def add_route(self, routespec, target, data):
        pass

    async def delete_route(self, routespec):
        pass


class NoServers(Spawner):
    async def start(self):
        raise HTTPError(503, "no notebook server is started")

    async def stop(self, now=False):
        pass

    async def poll(self):
        return 0


def swap(config):
    for name, value in list(config.items()):
        if isinstance(value, Config):
            swap(value)
        elif isinstance(value, str) and value in asked["addresses"]:
            config[name] = asked["addresses"][value]


swap(c)
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.spawner_class = NoServers
c.JupyterHub.bind_url = asked["url"]
c.JupyterHub.hub_bind_url = asked["url"]
c.JupyterHub.hub_port = asked["port"]
service = {"name": "test", "api_token": asked["api_token"]}
if jupyterhub.version_info >= (2,):
    role = {"name": "test", "services": ["test"], "scopes": ["list:users", "read:users"]}
    roles = c.JupyterHub.get("load_roles")
    c.JupyterHub.load_roles = [*(roles if isinstance(roles, list) else []), role]
else:
    service["admin"] = True
c.JupyterHub.services = [service]
