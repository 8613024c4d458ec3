import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import puppeteer, { type Browser as Firefox } from 'puppeteer-core';

/** Debian's and other usual places; `CHROMIUM_PATH` and `FIREFOX_PATH` come first. */
const chromiumPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];
const firefoxPaths = ['/usr/bin/firefox-esr', '/usr/bin/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'];

export function findChromium(): string | undefined {
  return [process.env['CHROMIUM_PATH'], ...chromiumPaths].find((path) => path !== undefined && path !== '' && existsSync(path));
}

export function findFirefox(): string | undefined {
  return [process.env['FIREFOX_PATH'], ...firefoxPaths].find((path) => path !== undefined && path !== '' && existsSync(path));
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--autoplay-policy=no-user-gesture-required'],
  });
}

/** Firefox over WebDriver BiDi. It refuses ICE on loopback addresses, whatever its preferences say. */
export function launchFirefox(executablePath: string): Promise<Firefox> {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    extraPrefsFirefox: {
      'media.autoplay.default': 0,
      'media.autoplay.blocking_policy': 0,
    },
  });
}
