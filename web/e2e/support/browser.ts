/** A browser whose pages keep account of what must not happen: console errors, exceptions, reports of the CSP. */

import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 360, height: 740 };

export async function launch(): Promise<Browser> {
  const executablePath = process.env.E2E_BROWSER ?? PLACES.find((it) => existsSync(it));
  if (!executablePath) {
    throw new Error(
      `no Chromium at ${PLACES.join(", ")}: install it (Debian: apt install chromium), or name one in E2E_BROWSER`,
    );
  }
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}

export interface WatchedPage {
  page: Page;
  /** What must stay empty. */
  complaints: string[];
  close: () => Promise<void>;
}

/** Opens a page of its own. Failed requests count as complaints too, unless the test makes them fail. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
  expectedToFail: (url: string) => boolean = () => false,
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: WIDE, reducedMotion: "reduce", timezoneId: "UTC", ...options });
  const page = await context.newPage();
  // Below the time of a test, so that it says what it waited for.
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      // The one way for a page to say it to this process.
      // eslint-disable-next-line no-console
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    if (expectedToFail(message.location().url)) return;
    complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => complaints.push(`exception: ${error.stack ?? error.message}`));
  const close = async (): Promise<void> => {
    // A request that a test alters may be on its way.
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await context.close();
  };
  return { page, complaints, close };
}

/** Waits until the page is live and has its rows. */
export async function settled(page: Page): Promise<void> {
  await page.locator('[role="status"]', { hasText: /^\s*Live\s*$/ }).waitFor();
  await page.locator("#content h1").waitFor();
  await page.waitForFunction(() => document.querySelector('#content [role="status"][aria-label^="Loading"]') === null);
}
