import type { Browser } from 'playwright-core';
import { findChromium, launchChromium } from '@visavis/media/testing';

/** @throws Error that says how to get one: the tests mean nothing without it */
export function openChromium(): Promise<Browser> {
  const path = findChromium();
  if (!path) throw new Error('Chromium was not found; install it or set CHROMIUM_PATH.');
  return launchChromium(path);
}
