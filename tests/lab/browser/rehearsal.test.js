// A person with a real browser in front of `hubgate rehearse --keep`.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { RELEASES, answersFile, hubgate, openBrowser, shot, toLogin } from "./lab.js";

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

for (const oauthenticator of RELEASES) {
  describe(`oauthenticator ${oauthenticator}`, () => {
    let rehearsal;
    let kept;
    before(async () => {
      const access = 'allow = "users"\nusers = ["grace"]';
      rehearsal = await hubgate("rehearse", "--keep", "--answers", answersFile({ oauthenticator, access }));
      kept = rehearsal.document.kept;
    });
    after(async () => assert.equal(await rehearsal.stop(), 0));

    const visit = async (who, act) => {
      const person = kept.people.find((person) => person.who.startsWith(who));
      const context = await browser.newContext();
      const page = await context.newPage();
      try {
        await act(page, person);
      } finally {
        await context.close();
      }
    };
    const shown = (page, name) => shot(page, `${oauthenticator}-${name}`);
    const fill = async (page, { username, password }) => {
      await page.getByLabel("Username or e-mail").fill(username);
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Sign in" }).click();
    };

    test("a user signs in by the button, arrives at the hub's home and signs out", () =>
      visit("user grace", async (page, grace) => {
        const button = await toLogin(page, kept.url);
        await shown(page, "1-hub-login");
        await button.click();
        await page.waitForURL(`${kept.cognito}/login?**`);
        await shown(page, "2-cognito-form");
        await fill(page, { ...grace, password: "not this one" });
        await page.getByText("Incorrect username or password.").waitFor();
        await fill(page, grace);
        await page.waitForURL(`${kept.url}hub/home`);
        await page.getByText("grace", { exact: true }).first().waitFor();
        await shown(page, "3-hub-home");
        assert.equal(await page.getByRole("link", { name: "Admin" }).count(), 0);

        const passed = [];
        page.on("request", (request) => passed.push(request.url()));
        await page.goto(`${kept.url}hub/logout`);
        assert.ok(passed.some((url) => url.startsWith(`${kept.cognito}/logout?client_id=`)), passed.join("\n"));
        await (await toLogin(page, `${kept.url}hub/home`)).waitFor();
        await shown(page, "4-signed-out");
      }));

    test("an administrator is shown the way to the admin page", () =>
      visit("administrator", async (page, ada) => {
        await (await toLogin(page, kept.url)).click();
        await fill(page, ada);
        await page.waitForURL(`${kept.url}hub/home`);
        await page.getByRole("link", { name: "Admin" }).first().waitFor();
        await shown(page, "5-administrator");
      }));

    test("somebody who may not in is told so", () =>
      visit("someone else", async (page, someone) => {
        await (await toLogin(page, kept.url)).click();
        await fill(page, someone);
        await page.getByText("403").first().waitFor();
        if (!oauthenticator.startsWith("14")) {
          await page.getByText("you are not currently authorized to use this hub").waitFor();
        }
        await shown(page, "6-refused");
      }));
  });
}

test("an address that nobody verified is refused with a sentence that helps", async () => {
  const answers = answersFile({
    oauthenticator: "17.4.0",
    access: 'allow = "all"',
    claim: "email",
    admin: "ada@example.org",
  });
  const rehearsal = await hubgate("rehearse", "--keep", "--answers", answers);
  const { kept } = rehearsal.document;
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await (await toLogin(page, kept.url)).click();
    const mallory = kept.people.find((person) => person.who.endsWith("unverified"));
    await page.getByLabel("Username or e-mail").fill(mallory.username);
    await page.getByLabel("Password").fill(mallory.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("is not verified. Verify it, then sign in again.").waitFor();
    await shot(page, "unverified");
  } finally {
    await context.close();
    assert.equal(await rehearsal.stop(), 0);
  }
});
