// What both tests share: hubgate, a browser, screenshots.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const HUBGATE = process.env.HUBGATE_BIN ?? join(ROOT, "target/debug/hubgate");
const SHOTS = join(ROOT, "target/test-output/browser");

/** Each hub that hubgate knows, by its oauthenticator. */
export const RELEASES = ["17.4.0", "16.3.1", "16.0.7", "14.2.0"];

/** Chromium as root, in a machine without a way out: it would ask for updates all the time. */
export const openBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** Keeps what a person would see, for people to look at. */
export async function shot(page, name) {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

const made = [];
process.on("exit", () => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder that goes when the tests end. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "hubgate-browser-"));
  made.push(folder);
  return folder;
}

/** An answers file. */
export function answersFile({ oauthenticator, access, claim = "username", admin = "ada" }) {
  const file = join(temporaryFolder(), "hubgate.toml");
  writeFileSync(
    file,
    `[hub]
url = "https://hub.example.org"
admins = ["${admin}"]
[https]
mode = "proxy"
[cognito]
domain = "my-hub.auth.eu-west-1.amazoncognito.com"
client_id = "3n4b5urk1ft4fl3mg5e62d9ado"
client_secret = "stdin"
username = "${claim}"
[access]
${access}
[target]
oauthenticator = "${oauthenticator}"
`,
  );
  return file;
}

/** Runs hubgate until its JSON document is whole; the process goes on where it wants to. */
export async function hubgate(...args) {
  const child = spawn(HUBGATE, [...args, "--json"], { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let words = "";
  child.stderr.on("data", (data) => (words += data));
  const ended = new Promise((resolve) => child.on("close", resolve));
  const whole = new Promise((resolve) => {
    child.stdout.on("data", (data) => {
      out += data;
      if (out.endsWith("\n}\n")) resolve();
    });
  });
  await Promise.race([whole, ended]);
  const stop = async () => {
    child.kill("SIGINT");
    return ended;
  };
  try {
    return { document: JSON.parse(out), ended, stop };
  } catch (error) {
    child.kill("SIGINT");
    throw new Error(`hubgate ${args.join(" ")}: ${error.message}\n${out}\n${words}`);
  }
}

/** The hub's login page, and the button on it. */
export async function toLogin(page, hub) {
  await page.goto(hub);
  const button = page.getByRole("button", { name: "Sign in with AWS Cognito" });
  const link = page.getByRole("link", { name: "Sign in with AWS Cognito" });
  return button.or(link);
}
