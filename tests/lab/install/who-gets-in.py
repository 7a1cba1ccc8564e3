"""Logs in at the hub through the Cognito stand-in's form, as different people, over HTTPS."""

import sys
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar

import tomllib

HUB = "https://hub.example.org"


class Form(HTMLParser):
    """The action and the hidden fields of a page's first form."""

    def __init__(self, text):
        super().__init__()
        self.action, self.fields = None, {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form" and self.action is None:
            self.action = attrs.get("action") or ""
        if tag == "input" and attrs.get("type") == "hidden":
            self.fields[attrs["name"]] = attrs.get("value") or ""


def log_in(username, password):
    """The status and the text of where they end up."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = opener.open(HUB + "/hub/oauth_login?next=%2Fhub%2Fhome", timeout=30)
    form = Form(page.read().decode())
    fields = {**form.fields, "username": username, "password": password}
    target = urllib.parse.urljoin(page.url, form.action)
    try:
        page = opener.open(target, urllib.parse.urlencode(fields).encode(), timeout=30)
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
    return page.status, page.read().decode()


with open("/mnt/files/users.toml", "rb") as file:
    passwords = {user["username"]: user["password"] for user in tomllib.load(file)["users"]}
faults = []
for who, expected, admin in [("ada", 200, True), ("grace", 200, False), ("mallory", 403, False)]:
    status, text = log_in(who, passwords[who])
    print(who, status)
    if status != expected or ("/hub/admin" in text) != admin or (status == 200 and who not in text):
        faults.append(f"{who}: {status}\n{text}")
sys.exit("\n".join(faults) or 0)
