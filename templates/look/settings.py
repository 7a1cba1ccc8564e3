"""What each setting of the login is, and the place that it comes from."""

import ast
import os
from urllib.parse import urlsplit, urlunsplit

from traitlets.config.loader import Config, DeferredConfig, LazyConfigValue

# Of these, the value is told. Of anything else that is set, only the name and the place.
TOLD = """
allow_all allow_existing_users allowed_users admin_users blocked_users any_allow_config allowed_groups admin_groups
allowed_scopes manage_groups manage_roles auth_state_groups_key claim_groups_key username_claim username_key
username_map username_pattern userdata_url userdata_from_id_token userdata_token_method token_url authorize_url
oauth_callback_url client_id client_secret scope basic_auth enable_pkce logout_redirect_url login_service auto_login
enable_auth_state auth_refresh_age refresh_pre_spawn delete_invalid_users custom_403_message create_system_users
post_auth_hook modify_auth_state_hook refresh_user_hook whitelist blacklist admin_whitelist group_whitelist
validate_server_cert tls_verify extra_authorize_params extra_params token_params userdata_params http_request_kwargs
""".split()
# The older name comes first; where it is set, it sets the newer one.
ALIASES = {
    "username_claim": ("username_key",),
    "token_params": ("extra_params",),
    "validate_server_cert": ("tls_verify",),
    "auth_state_groups_key": ("claim_groups_key",),
    "allowed_users": ("whitelist",),
    "blocked_users": ("blacklist", "blocklist"),
    "allowed_groups": ("group_whitelist",),
}
VARIABLES = {
    "authorize_url": "OAUTH2_AUTHORIZE_URL",
    "token_url": "OAUTH2_TOKEN_URL",
    "userdata_url": "OAUTH2_USERDATA_URL",
    "userdata_token_method": "OAUTH2_USERDATA_REQUEST_TYPE",
    "username_claim": "OAUTH2_USERNAME_KEY",
    "username_key": "OAUTH2_USERNAME_KEY",
    "claim_groups_key": "OAUTH2_GROUPS_KEY",
    "auth_state_groups_key": "OAUTH2_GROUPS_KEY",
    "basic_auth": "OAUTH2_BASIC_AUTH",
    "tls_verify": "OAUTH2_TLS_VERIFY",
    "validate_server_cert": "OAUTH_TLS_VERIFY",
    "logout_redirect_url": "OAUTH_LOGOUT_REDIRECT_URL",
    "oauth_callback_url": "OAUTH_CALLBACK_URL",
    "client_id": "OAUTH_CLIENT_ID",
    "client_secret": "OAUTH_CLIENT_SECRET",
    "login_service": "LOGIN_SERVICE",
}
OF_THE_HUB = "admin_users load_groups load_roles extra_handlers base_url template_paths".split()
HOOKS_OF_SPAWNERS = ("pre_spawn_hook", "auth_state_hook", "post_stop_hook")
SECRET_NAMES = ("secret", "password", "passwd", "api_token", "auth_token", "crypt", "proxy_pass")
ABSENT = object()


def is_secret(name):
    return any(word in name.lower() for word in SECRET_NAMES)


def written_in(config, path):
    """Whether config.yaml says something at this path."""
    for part in path:
        if not isinstance(config, dict) or part not in config:
            return False
        config = config[part]
    return True


USERS = {
    ("Authenticator", "allowed_users"): ("users", "allowed"),
    ("Authenticator", "blocked_users"): ("users", "banned"),
    ("Authenticator", "admin_users"): ("users", "admin"),
    ("JupyterHub", "authenticator_class"): ("auth", "type"),
    ("JupyterHub", "base_url"): ("base_url",),
}


class Origins:
    """From the places that were noted to those that a person knows."""

    def __init__(self, app, tljh_folder, document):
        self.app = app
        self.tljh_folder = tljh_folder
        self.document = document
        name_sections(app.config)

    def told(self, place):
        """Say a place in words that a person can act on."""
        file, section, name = place.get("file"), place.get("section"), place.get("name")
        at = {"section": section}
        if file is None:
            return dict(at, kind="argument", argument="--%s.%s" % (section, name))
        if file.startswith(self.tljh_folder + os.sep):
            path = USERS.get((section, name), ("auth",) + tuple((section or "").split(".")) + (name,))
            if written_in(self.document, path):
                return dict(at, kind="config.yaml", path=".".join(path))
            return dict(at, kind="tljh", file=file, line=place["line"])
        return dict(at, kind="file", file=file, line=place["line"])

    def of(self, configurable, name):
        """Return (places, is it set in the settings, as value) of one setting."""
        config = configurable._find_my_config(self.app.config)
        value = dict.get(config, name, ABSENT)
        if value is ABSENT or is_untouched(config, name, value):
            return [], ABSENT
        return [self.told(place) for place in places_of(config).get(name, [])], value

    def beaten(self, configurable, name, winners):
        """Return the places that set the same on another class, or on one below the hub's, to no effect."""
        of_all = []
        of_hub = [dict.get(self.app.config, section) for section in self.app.section_names()]
        for above in [self.app.config] + [config for config in of_hub if isinstance(config, Config)]:
            for section in configurable.section_names():
                config = dict.get(above, section)
                if isinstance(config, Config) and name in config:
                    of_all += [self.told(place) for place in places_of(config).get(name, [])]
        return [place for place in of_all if place not in winners]


def is_untouched(config, name, value):
    """A value that was only read is there as an empty one."""
    return isinstance(value, LazyConfigValue) and not places_of(config).get(name)


def same(configured, value):
    if isinstance(configured, (LazyConfigValue, DeferredConfig)):
        return True
    if isinstance(value, (set, frozenset, list, tuple)) and isinstance(configured, (set, frozenset, list, tuple)):
        return sorted(map(repr, configured)) == sorted(map(repr, value))
    return configured == value


def current(configurable, name):
    """Return the value that is in force. What fails here is what a login would fail with."""
    try:
        return getattr(configurable, name)
    except Exception as error:
        return "(%s)" % type(error).__name__


def origin(origins, configurable, name):
    """Return (places, through which older name, beaten places) of one setting."""
    value = current(configurable, name)
    places, configured = origins.of(configurable, name)
    for old in ALIASES.get(name, ()):
        if old in configurable.traits() and (configured is ABSENT or not same(configured, value)):
            by_alias, alias = origins.of(configurable, old)
            if alias is not ABSENT:
                beaten = [place for one in (old, name) for place in origins.beaten(configurable, one, by_alias)]
                return by_alias, old, beaten
    if configured is not ABSENT and name in configurable.traits():
        return places, None, origins.beaten(configurable, name, places)
    return [default_place(configurable, name, value)], None, []


def default_place(configurable, name, value):
    variables = [VARIABLES.get(name)]
    if name in ("client_id", "client_secret"):
        variables.insert(0, getattr(configurable, name + "_env", ""))
    for variable in variables:
        text = os.environ.get(variable or "", "")
        # A switch is made of its text; the key of groups has the key of all that is known of a person before it.
        taken = isinstance(value, bool) or text == value or str(value).endswith("." + text)
        if text and taken:
            return {"kind": "variable", "variable": variable}
    for cls in type(configurable).__mro__:
        if name in vars(cls):
            if is_known_class(cls):
                break
            return class_place(cls, name)
    return {"kind": "default"}


def class_place(cls, name):
    """Return where a class of one's own sets it in its body."""
    code = first_code(cls)
    file = code.co_filename if code else getattr(sys.modules.get(cls.__module__), "__file__", None)
    for candidate in [file] if file else loaded:
        line = line_in_class(candidate, cls.__name__, name)
        if line:
            return {"kind": "file", "file": candidate, "line": line, "section": cls.__name__}
    return {"kind": "class", "section": cls.__name__}


def line_in_class(file, cls, name):
    try:
        with open(file, "rb") as opened:
            tree = ast.parse(opened.read())
    except (OSError, SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == cls:
            for line in node.body:
                targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
                if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                    return line.lineno
            return node.lineno
    return None


def without_password(text):
    """A URL may hold a name and a password before its host."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    if "@" not in parts.netloc:
        return text
    return urlunsplit(parts._replace(netloc="…@" + parts.netloc.rpartition("@")[2]))


def value_told(value):
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return without_password(value)
    if isinstance(value, (set, frozenset)):
        return sorted(str(item) for item in value)
    if isinstance(value, (list, tuple)):
        return [value_told(item) for item in value]
    if isinstance(value, dict):
        return {str(key): value_told(item) for key, item in value.items()}
    return None


def setting(origins, configurable, name, of):
    places, through, beaten = origin(origins, configurable, name)
    value = current(configurable, name)
    said = {"name": name, "of": of, "places": places, "beaten": beaten}
    if through:
        said["through"] = through
    if is_secret(name):
        said["is_set"] = bool(value)
    elif callable(value):
        said["code"] = place_of(code_of(value))
    elif isinstance(value, dict) and name != "username_map":
        said["keys"] = sorted(str(key) for key in value)
    elif name in TOLD or name in ("admin_users", "base_url"):
        said["value"] = value_told(value)
    return said


def settings_of(origins, app, authenticator):
    """Every setting that says who gets in under which name, and whatever else is set on the login's classes."""
    traits = authenticator.traits()
    configured = authenticator._find_my_config(app.config)
    # A class of one's own may have a plain value in the place of a setting: no settings reach that.
    known = {name for cls in type(authenticator).__mro__ if is_known_class(cls) for name in vars(cls)}
    names = [name for name in TOLD if name in traits or (name in known and hasattr(authenticator, name))]
    more = [name for name in configured if name in traits and name not in names]
    said = [setting(origins, authenticator, name, "authenticator") for name in names + sorted(more)]
    of_hub = [name for name in OF_THE_HUB if name in app.traits() and origins.of(app, name)[1] is not ABSENT]
    return said + [setting(origins, app, name, "JupyterHub") for name in of_hub]


def belongs_to_nobody(origins, app, authenticator):
    """Settings for a login that is not the hub's."""
    known = set(authenticator.section_names()) | set(app.section_names())
    nobody = []
    for section, values in app.config.items():
        low = section.lower()
        if section in known or not isinstance(values, Config) or not ("authenticat" in low or "oauth" in low):
            continue
        for name, value in values.items():
            places = [origins.told(place) for place in places_of(values).get(name, [])]
            # TLJH sets something for its own login whatever the hub's is.
            places = [place for place in places if place["kind"] != "tljh"]
            if places and not is_untouched(values, name, value):
                nobody.append({"section": section, "name": name, "places": places})
    return nobody


def hooks_of_spawners(origins, app):
    hooks = []
    for section, values in app.config.items():
        if isinstance(values, Config) and section.endswith("Spawner"):
            for name in HOOKS_OF_SPAWNERS:
                if name in values:
                    for place in places_of(values).get(name, []):
                        hooks.append({"what": "%s.%s" % (section, name), "place": origins.told(place)})
    return hooks


def schema(document):
    """What TLJH's own schema says: a change by tljh-config fails as long as it says anything."""
    try:
        from jsonschema import Draft7Validator
        from tljh.config_schema import config_schema
    except ImportError as error:
        return {"checked": False, "reason": "there is no %s in the hub's environment" % error.name, "findings": []}
    findings = []
    for error in Draft7Validator(config_schema).iter_errors(document):
        findings.append(
            {
                "path": ".".join(str(part) for part in error.absolute_path),
                "rule": error.validator,
                "wanted": error.validator_value if error.validator in ("type", "enum", "minimum") else None,
                "found": type(error.instance).__name__,
                "unknown": unknown_keys(error),
            }
        )
    return {"checked": True, "findings": sorted(findings, key=lambda one: one["path"])}


def unknown_keys(error):
    if error.validator != "additionalProperties" or not isinstance(error.instance, dict):
        return []
    return sorted(str(key) for key in error.instance if key not in error.schema.get("properties", {}))
