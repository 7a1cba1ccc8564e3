"""Who gets in: the hub's own authenticator is given what Cognito would send, and decides."""

import asyncio
import base64
import io
import json
import os
import sqlite3
import time
from types import SimpleNamespace
from urllib.parse import parse_qs, quote, urlsplit

from tornado.httpclient import HTTPClientError, HTTPRequest, HTTPResponse
from tornado.web import HTTPError

CODE = "the-code"
VERIFIER = "v" * 64
MOST_NAMED = 100
NARROWING = ("email", "phone", "profile")


class Elsewhere(BaseException):
    """The login asks something else than the pool, or in another name. What that would say is not known."""


class Cognito:
    """Stands where the hub's HTTP client stands, and answers as the user pool does for one person."""

    def __init__(self, authenticator, pool, person):
        self.authenticator = authenticator
        self.pool = pool
        self.person = person
        asked = list(authenticator.scope)
        self.scopes = asked or pool["scopes"]

    def claims(self, kind):
        """Cognito shows all attributes for `openid` alone, and what they name for the others."""
        narrowing = sorted(scope for scope in self.scopes if scope in NARROWING)
        for answer in self.person["answers"]:
            if sorted(answer["scopes"]) == narrowing:
                return dict(answer[kind])
        raise NotRun("no answer was prepared for the scopes %s" % " ".join(self.scopes))

    async def fetch(self, request, raise_error=True, **kwargs):
        if not isinstance(request, HTTPRequest):
            request = HTTPRequest(request, **kwargs)
        url = request.url.partition("?")[0]
        if url == self.pool["token_url"] and request.method == "POST":
            status, answer = self.token(request)
        elif url == self.pool["userinfo_url"]:
            status, answer = (200, self.claims("userinfo")) if "openid" in self.scopes else (401, {})
        else:
            raise Elsewhere("it asks %s, which is no address of the pool" % without_password(url))
        body = io.BytesIO(json.dumps(answer).encode())
        response = HTTPResponse(request, status, buffer=body, request_time=0.0)
        if raise_error and status >= 400:
            raise HTTPClientError(status, None, response)
        return response

    def token(self, request):
        form = {name: values[0] for name, values in parse_qs((request.body or b"").decode()).items()}
        if not self.is_authentic(request, form):
            return 400, {"error": "invalid_client"}
        if form.get("grant_type") != "authorization_code" or form.get("code") != CODE:
            return 400, {"error": "invalid_grant"}
        if form.get("redirect_uri") != self.pool["callback_url"]:
            return 400, {"error": "unauthorized_client"}
        answer = {"access_token": jwt({}), "refresh_token": "refresh", "token_type": "Bearer", "expires_in": 3600}
        if "openid" in self.scopes:
            now = int(time.time())
            claims = {"iat": now, "auth_time": now, "exp": now + 3600}
            claims.update(self.claims("id_token"))
            answer["id_token"] = jwt(claims)
        return 200, answer

    def is_authentic(self, request, form):
        """As Cognito takes it: by the header where there is one, else by the form."""
        client, secret = self.authenticator.client_id, self.authenticator.client_secret
        header = request.headers.get("Authorization")
        if header is None:
            return (form.get("client_id"), form.get("client_secret")) == (client, secret)
        scheme, _, encoded = header.partition(" ")
        try:
            words = base64.b64decode(encoded).decode()
        except ValueError:
            return False
        agreed = form.get("client_id", client) == client
        return scheme.lower() == "basic" and words == "%s:%s" % (client, secret) and agreed


def jwt(claims):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return "%s.%s.%s" % (part({"alg": "RS256", "typ": "JWT"}), part(claims), "c2lnbmF0dXJl")


class Handler:
    """What an authenticator needs of a request to the callback."""

    def __init__(self, app, authenticator, pool):
        callback = urlsplit(pool["callback_url"])
        state = {"state_id": "s", "next_url": "/", "code_verifier": VERIFIER}
        self.state = base64.urlsafe_b64encode(json.dumps(state).encode()).decode()
        self.authenticator, self.log, self.settings, self.db = authenticator, app.log, {}, app.db
        self.hub = SimpleNamespace(server=SimpleNamespace(base_url=app.base_url.rstrip("/") + "/hub/"))
        self.request = SimpleNamespace(protocol=callback.scheme, host=callback.netloc, headers={}, arguments={})

    def get_argument(self, name, default=None, strip=True):
        return {"code": CODE, "state": self.state}.get(name, default)

    def get_state_cookie(self):
        return self.state

    get_state_url = get_state_cookie

    def find_user(self, name):
        return None

    def __getattr__(self, name):
        raise NotRun("the login asks the request for its %s" % name)


def database(app, state):
    """Return (path, None) of the hub's own database, or (None, why not)."""
    url = app.db_url
    if not url.startswith("sqlite:///"):
        if url == "sqlite://" or "memory" in url:
            return None, None
        return None, "its database is not a file of SQLite's"
    path = os.path.join(state, url[len("sqlite:///") :].partition("?")[0])
    return (path, None) if os.path.exists(path) else (None, None)


def known_people(path):
    """Return users (name -> administrator) and groups (name -> members) of the hub's database, read only."""
    connection = sqlite3.connect("file:%s?mode=ro" % quote(path), uri=True, timeout=5)
    try:
        users = {name: bool(admin) for name, admin in connection.execute("SELECT name, admin FROM users")}
        groups = {name: [] for (name,) in connection.execute("SELECT name FROM groups")}
        query = (
            "SELECT groups.name, users.name FROM user_group_map "
            "JOIN users ON users.id = user_id JOIN groups ON groups.id = group_id"
        )
        for group, user in connection.execute(query):
            groups[group].append(user)
        return users, groups
    finally:
        connection.close()


class Door:
    """The hub as it is after its start, with its people in a database that is thrown away."""

    def __init__(self, app, authenticator, foreign, asked):
        self.app, self.authenticator, self.foreign = app, authenticator, foreign
        self.pool = asked["pool"]
        self.users, self.groups, self.unread = {}, {}, None
        path, self.unread = database(app, asked["state"])
        if path:
            try:
                self.users, self.groups = known_people(path)
            except sqlite3.Error as error:
                self.unread = "its database cannot be read: %s" % error

    async def start(self):
        """Run what JupyterHub itself runs at its start for users, groups and roles."""
        from jupyterhub import orm
        from sqlalchemy import create_engine
        from sqlalchemy.orm import sessionmaker
        from sqlalchemy.pool import StaticPool

        engine = create_engine("sqlite://", poolclass=StaticPool)
        orm.Base.metadata.create_all(engine)
        app, db = self.app, sessionmaker(bind=engine)()
        app.db, app.authenticator = db, self.authenticator
        people = {name: orm.User(name=name, admin=admin) for name, admin in self.users.items()}
        db.add_all(people.values())
        for name, members in self.groups.items():
            group = orm.Group(name=name)
            group.users = [people[member] for member in members]
            db.add(group)
        has_roles = bool(getattr(app, "load_roles", None))
        for service in app.services if has_roles else []:
            db.add(orm.Service(name=service["name"]))
        db.commit()
        steps = ["init_role_creation", "init_users", "init_groups"]
        steps += ["init_role_assignment"] if has_roles else []
        for step in steps + ["init_blocked_users"]:
            if hasattr(app, step):
                await getattr(app, step)()

    def elsewhere(self):
        """Why this login is not one of the answers' pool and client; None where it is."""
        from oauthenticator.oauth2 import OAuthenticator

        mine = self.authenticator
        if not isinstance(mine, OAuthenticator):
            return "%s does not ask Cognito" % type(mine).__name__
        wanted = {
            "authorize_url": self.pool["authorize_url"],
            "token_url": self.pool["token_url"],
            "client_id": self.pool["client_id"],
        }
        for name, value in wanted.items():
            if getattr(mine, name) != value:
                return "%s is %s" % (name, without_password(str(getattr(mine, name))))
        if mine.oauth_callback_url not in ("", self.pool["callback_url"]):
            return "oauth_callback_url is %s" % without_password(mine.oauth_callback_url)
        unknown = [scope for scope in mine.scope if scope not in self.pool["scopes"]]
        if unknown:
            return "the app client does not know the scope %s" % unknown[0]
        return None

    async def decide(self, person):
        if self.foreign.blocking:
            return {"decision": "unknown", "reason": self.foreign.blocking}
        before = set(self.authenticator.allowed_users)
        try:
            elsewhere = self.elsewhere()
            if elsewhere:
                raise Elsewhere(elsewhere)
            self.authenticator.http_client = Cognito(self.authenticator, self.pool, person)
            handler = Handler(self.app, self.authenticator, self.pool)
            model = await self.authenticator.get_authenticated_user(handler, None)
            if model is None:
                return {"decision": "refused"}
            return await self.enter(model)
        except NotRun as error:
            return {"decision": "unknown", "reason": str(error)}
        except Elsewhere as error:
            return {"decision": "elsewhere", "reason": str(error)}
        except HTTPError as error:
            decision = "refused" if error.status_code == 403 else "failed"
            words = error.log_message or ""
            reason = words % error.args if error.args else words
            return {"decision": decision, "status": error.status_code, "reason": reason}
        except Exception as error:
            return {"decision": "failed", "status": 500, "reason": "%s: %s" % (type(error).__name__, error)}
        finally:
            self.authenticator.allowed_users = before

    async def enter(self, model):
        """What BaseHandler.auth_to_user does with somebody who may in."""
        from jupyterhub import orm
        from jupyterhub.utils import maybe_future

        mine, name = self.authenticator, model["name"]
        user = orm.User.find(self.app.db, name)
        is_new = user is None
        if is_new:
            await maybe_future(mine.add_user(orm.User(name=name)))
        admin = model.get("admin")
        groups = [group.name for group in user.groups] if user else []
        if getattr(mine, "manage_groups", False):
            if "groups" not in model and jupyterhub.version_info >= (5,):
                raise ValueError("manage_groups is on, and the login names no groups")
            groups = groups if model.get("groups") is None else model["groups"]
        # Without an explicit word, whoever was an administrator stays one.
        admin = bool(user.admin if user else False) if admin is None else bool(admin)
        said = {"decision": "in", "name": name, "admin": admin, "groups": sorted(groups), "is_new": is_new}
        if self.unread and is_new:
            said.update(decision="unknown", reason="%s, so that nobody knows who is in it" % self.unread)
        return said

    def guard(self):
        """Nothing that a login would start is started."""
        for name in ("add_system_user", "open_sessions", "pre_spawn_start", "post_spawn_stop"):
            if hasattr(self.authenticator, name):
                vars(self.authenticator)[name] = not_run(name)


async def play(door, people):
    for person in people:
        said = await door.decide(person)
        yield dict(said, who=person["who"])


def whom_the_hub_names(door, asked):
    """Return those whom the hub's settings or its database name, and the question does not: administrators first."""
    mine, pattern = door.authenticator, asked.get("named")
    if not pattern:
        return []
    names = {name for name in door.users}
    for setting in ("allowed_users", "admin_users", "blocked_users"):
        names.update(name for name in getattr(mine, setting, ()) if isinstance(name, str))
    names.update(name for name in getattr(mine, "username_map", {}).values() if isinstance(name, str))
    admins = {name for name in names if door.users.get(name) or name in mine.admin_users}
    names -= set(pattern["known"])
    # Of thousands, the first are enough to see what is wrong.
    names = sorted(names, key=lambda name: (name not in admins, name))[:MOST_NAMED]
    return [named(pattern["player"], pattern["name"], name) for name in names]


def named(player, marker, name):
    """The player with another name, in the letters that each place wants."""

    def written(value):
        if isinstance(value, dict):
            return {key: written(item) for key, item in value.items()}
        if isinstance(value, list):
            return [written(item) for item in value]
        if not isinstance(value, str):
            return value
        for old, new in ((marker, name), (marker.partition("@")[0], name.partition("@")[0])):
            value = value.replace(old, new).replace(old[:1].upper() + old[1:], new[:1].upper() + new[1:])
        return value

    return dict(written(player), who=name)


async def play_all(door, asked, keep):
    """Return what each person of the question meets, and each whom the hub names besides."""
    door.guard()
    # Before the start, which adds whom the database knows to some of them.
    others = whom_the_hub_names(door, asked)
    try:
        await door.start()
    except NotRun as error:
        door.foreign.blocking = door.foreign.blocking or str(error)
    keep.started()
    return [said async for said in play(door, asked["people"])], [said async for said in play(door, others)]
