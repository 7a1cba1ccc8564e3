// The rendered file against an OpenID provider that hubgate's authors did not write, with Cognito's paths.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import Provider from "oidc-provider";
import { RELEASES, ROOT, answersFile, hubgate, openBrowser, shot, temporaryFolder, toLogin } from "./lab.js";

const CLIENT_ID = "3n4b5urk1ft4fl3mg5e62d9ado";
// Without a "+": oauthenticator 14 puts it into the Basic header as it is, and this provider reads a space there.
const SECRET = "a0client_secret0that1opens2nothing3else";
const COGNITO = "https://my-hub.auth.eu-west-1.amazoncognito.com";

const PEOPLE = {
  ada: { "cognito:username": "Ada", username: "Ada", "cognito:groups": ["keepers"] },
  grace: { "cognito:username": "grace", username: "grace", "cognito:groups": ["staff"] },
  eve: { "cognito:username": "eve", username: "eve" },
};

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

const freePorts = async (count) => {
  const servers = [];
  for (let i = 0; i < count; i += 1) {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.on("listening", resolve));
    servers.push(server);
  }
  const ports = servers.map((server) => server.address().port);
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
};

/** The provider, strict where Cognito is: exact callback, client secret, PKCE with S256. */
function startProvider(port, hub, oauthenticator) {
  const hasPkce = oauthenticator.startsWith("17");
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: SECRET,
        redirect_uris: [`${hub}hub/oauth_callback`],
        post_logout_redirect_uris: [hub],
        grant_types: ["authorization_code"],
        response_types: ["code"],
        token_endpoint_auth_method: oauthenticator.startsWith("14") ? "client_secret_basic" : "client_secret_post",
      },
    ],
    routes: {
      authorization: "/oauth2/authorize",
      token: "/oauth2/token",
      userinfo: "/oauth2/userInfo",
      end_session: "/logout",
    },
    claims: {
      openid: ["sub", "username", "cognito:username", "cognito:groups"],
      email: ["email", "email_verified"],
    },
    // As Cognito: what a scope names is in the ID token, too.
    conformIdTokenClaims: false,
    pkce: { required: () => hasPkce },
    cookies: { keys: ["of this test alone"] },
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    findAccount: (_, id) => {
      const claims = { sub: id, email: `${id}@example.org`, email_verified: true, ...PEOPLE[id] };
      return PEOPLE[id] && { accountId: id, claims: () => claims };
    },
  });
  return new Promise((resolve) => {
    const server = provider.listen(port, "127.0.0.1", () => resolve(server));
  });
}

/** A hub as a rehearsal starts it, but with Cognito's part played by the provider. */
async function startHub({ environment, answers, oauthenticator, allowed }) {
  const [port, hubPort, apiPort, providerPort] = await freePorts(4);
  const url = `http://127.0.0.1:${port}/`;
  const provider = `http://127.0.0.1:${providerPort}`;
  const server = await startProvider(providerPort, url, oauthenticator);
  const rendered = temporaryFolder();
  const { document } = await hubgate("render", "--answers", answers, "--out", rendered);
  assert.equal(document.oauthenticator, oauthenticator);

  const folder = temporaryFolder();
  const parts = join(folder, "jupyterhub_config.d");
  mkdirSync(parts);
  copyFileSync(join(rendered, "awscognito.py"), join(parts, "awscognito.py"));
  writeFileSync(join(parts, "awscognito.secret"), `${SECRET}\n`, { mode: 0o600 });
  copyFileSync(join(ROOT, "templates/rehearse/jupyterhub_config.py"), join(folder, "jupyterhub_config.py"));
  const endpoint = (path) => ({ rendered: COGNITO + path, rehearsed: provider + path });
  const signOut = (origin, hub) => `${origin}/logout?client_id=${CLIENT_ID}&logout_uri=${encodeURIComponent(hub)}`;
  const settings = {
    url,
    home: "/hub/home",
    hub_port: hubPort,
    proxy_api_port: apiPort,
    proxy_api_password: "of this test alone",
    api_token: "0123456789abcdef0123456789abcdef",
    authenticator_class: "oauthenticator.generic.GenericOAuthenticator",
    admin_users: [],
    allowed_users: allowed,
    addresses: {
      authorize_url: endpoint("/oauth2/authorize"),
      token_url: endpoint("/oauth2/token"),
      userdata_url: endpoint("/oauth2/userInfo"),
      logout_redirect_url: {
        rendered: signOut(COGNITO, "https://hub.example.org/"),
        rehearsed: signOut(provider, url),
      },
      oauth_callback_url: {
        rendered: "https://hub.example.org/hub/oauth_callback",
        rehearsed: `${url}hub/oauth_callback`,
      },
    },
  };
  writeFileSync(join(folder, "rehearsal.json"), JSON.stringify(settings), { mode: 0o600 });
  const bin = join(environment, "bin");
  const child = spawn(join(bin, "python"), ["-I", "-m", "jupyterhub", "--config", join(folder, "jupyterhub_config.py")], {
    cwd: folder,
    detached: true,
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (log += data));
  const ended = new Promise((resolve) => child.on("close", resolve));
  const stop = async () => {
    process.kill(-child.pid, "SIGKILL");
    await ended;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`${url}hub/api`).catch(() => undefined);
    if (answer?.ok) break;
    if (tries > 1200 || child.exitCode !== null) {
      await stop();
      throw new Error(`the hub did not start:\n${log}`);
    }
    await wait(100);
  }
  const user = async (name) => {
    const headers = { Authorization: `token ${settings.api_token}` };
    return (await fetch(`${url}hub/api/users/${name}`, { headers })).json();
  };
  return { url, provider, user, stop };
}

for (const oauthenticator of RELEASES) {
  const byGroups = oauthenticator >= "16.3";
  const access = byGroups
    ? 'allow = "groups"\ngroups = ["staff"]\nadmin_groups = ["keepers"]'
    : 'allow = "users"\nusers = ["ada", "grace"]';
  test(`oauthenticator ${oauthenticator}, ${byGroups ? "groups of the ID token" : "users of userInfo"}`, async () => {
    const answers = answersFile({ oauthenticator, access, admin: "nobody" });
    const { document } = await hubgate("rehearse", "--oauthenticator", oauthenticator);
    const allowed = byGroups ? [] : ["ada", "grace"];
    const hub = await startHub({ environment: document.environment, answers, oauthenticator, allowed });
    const signIn = async (login) => {
      const page = await (await browser.newContext()).newPage();
      await (await toLogin(page, hub.url)).click();
      await page.getByPlaceholder("Enter any login").fill(login);
      await page.getByPlaceholder("and password").fill("any");
      await page.getByRole("button", { name: "Sign-in" }).click();
      await page.getByRole("button", { name: "Continue" }).click();
      return page;
    };
    try {
      const page = await signIn("ada");
      await page.waitForURL(`${hub.url}hub/home`);
      await shot(page, `second-opinion-${oauthenticator}`);
      const ada = await hub.user("ada");
      assert.equal(ada.admin, byGroups);
      if (oauthenticator.startsWith("17")) assert.deepEqual(ada.groups, ["keepers"]);

      await page.goto(`${hub.url}hub/logout`);
      assert.ok(page.url().startsWith(`${hub.provider}/logout?client_id=${CLIENT_ID}`), page.url());
      await page.getByRole("button", { name: "Yes, sign me out" }).click();
      await page.getByText("Sign-out Success").first().waitFor();

      const grace = await signIn("grace");
      await grace.waitForURL(`${hub.url}hub/home`);
      assert.equal((await hub.user("grace")).admin, false);

      const eve = await signIn("eve");
      await eve.getByText("403").first().waitFor();
      assert.equal((await hub.user("eve")).status, 404);
    } finally {
      await hub.stop();
    }
  });
}
