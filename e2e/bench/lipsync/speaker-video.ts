import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { openingOf, MOUTH_STEP_MS } from '@visavis/viseme-net';
import { openChromium } from '../../support/browser.ts';
import type { Curve } from '../../support/curve.ts';
import { findLag } from '../../support/lag.ts';
import { lipCurve } from '../../support/lip-curve.ts';
import { loudnessOf } from '../../support/loudness.ts';
import type { Table } from '../table.ts';
import { watched } from './shown-motion.ts';
import type { LipSyncSystem } from './system.ts';
import { decoded, heardSound } from './test-set.ts';

const MAX_VIDEO_MS = 120_000;
const SLOWED = 0.25;
const MAX_LAG_MS = 200;

interface VideoFrame {
  shownAtMs: number;
  jpeg: Buffer;
}

/** How alike each system's mouth is to that of a real speaker, whose lips are tracked in a video of theirs. */
export async function speakerTable(path: string, systems: readonly LipSyncSystem[]): Promise<Table> {
  const file = await readFile(path);
  const sound = heardSound(await decoded(file, MAX_VIDEO_MS));
  const lips = await lipCurve(await framesOf(file));
  const rows = [lipsAgainst('loudness itself', lips, loudnessOf({ sampleRateHz: 48_000, startAtMs: 0, samples: sound.pcm48k }))];
  for (const system of systems) {
    const { motion, steps } = await watched(system, sound);
    const values = [...openingOf(motion.params).subarray(0, steps)];
    rows.push(lipsAgainst(system.name, lips, { atMs: values.map((_, step) => step * MOUTH_STEP_MS), values }));
  }
  return { title: `Against the lips of the speaker of ${basename(path)}, ${lips.values.length} pictures`, head: ['', 'opening r', 'r at its best', 'which is late by, ms', ''], rows };
}

function lipsAgainst(name: string, lips: Curve, opening: Curve): string[] {
  const [now, best] = [findLag(lips, opening, { minMs: 0, maxMs: 0 }), findLag(lips, opening, { minMs: -MAX_LAG_MS, maxMs: MAX_LAG_MS })];
  return [name, now.correlation.toFixed(2), best.correlation.toFixed(2), best.lagMs.toFixed(0), ''];
}

/** The pictures of a video, with their own times, as a browser plays it: slowly, so that a busy machine shows them all. */
async function framesOf(file: Buffer): Promise<VideoFrame[]> {
  const browser = await openChromium();
  try {
    const page = await browser.newPage();
    await page.evaluate(takeFrames);
    const frames = (await page.evaluate(`takeFrames(${JSON.stringify(file.toString('base64'))}, ${SLOWED})`)) as { atMs: number; jpeg: string }[];
    return frames.map(({ atMs, jpeg }) => ({ shownAtMs: atMs, jpeg: Buffer.from(jpeg, 'base64') }));
  } finally {
    await browser.close();
  }
}

const takeFrames = `globalThis.takeFrames = async (base64, rate) => {
  const bytes = await (await fetch('data:video/mp4;base64,' + base64)).blob();
  const video = Object.assign(document.createElement('video'), { muted: true, src: URL.createObjectURL(bytes), playbackRate: rate });
  const frames = [];
  const ended = new Promise((resolve, reject) => {
    video.onended = resolve;
    video.onerror = () => reject(new Error(video.error?.message ?? 'the video cannot be played'));
  });
  const take = (_now, { mediaTime }) => {
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext('2d').drawImage(video, 0, 0);
    frames.push({ atMs: mediaTime * 1000, picture: canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 }) });
    video.requestVideoFrameCallback(take);
  };
  video.requestVideoFrameCallback(take);
  await video.play();
  await ended;
  return Promise.all(frames.map(async ({ atMs, picture }) => {
    const data = new Uint8Array(await (await picture).arrayBuffer());
    let text = '';
    for (const byte of data) text += String.fromCharCode(byte);
    return { atMs, jpeg: btoa(text) };
  }));
}; undefined`;
