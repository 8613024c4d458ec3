import { readFileSync } from 'node:fs';
import { createVideoEncoder } from '@visavis/codec';
import { allocateI420, type I420Picture } from '@visavis/engine';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium } from './support/browser.ts';
import { startPageServer, type PageServer } from './support/page-server.ts';

const SNIPPET = new URL('../docs/snippets/transparent-avatar.js', import.meta.url);
const WIDTH = 128;
const HEIGHT = 96;
/** Skin on a clear background in the picture's lower half: a solid piece, and one half clear to its right. Sides are multiples of a coding block. */
const TOP = 48;
const SOLID = { from: 32, to: 64 };
const HALF = { from: 64, to: 96 };
const LUMA = 150;
const BLUE_DIFFERENCE = 110;
const RED_DIFFERENCE = 155;

/** The picture as docs/backgrounds.md describes it, put together by hand: colour times alpha left, alpha right. */
function sideBySide(): I420Picture {
  const picture = allocateI420({ width: WIDTH * 2, height: HEIGHT });
  const lumaSize = WIDTH * 2 * HEIGHT;
  const alphaAt = (x: number, y: number) => (y < TOP ? 0 : x >= SOLID.from && x < SOLID.to ? 1 : x >= HALF.from && x < HALF.to ? 0.5 : 0);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const alpha = alphaAt(x, y);
      picture.data[y * WIDTH * 2 + x] = Math.round(16 + alpha * (LUMA - 16));
      picture.data[y * WIDTH * 2 + WIDTH + x] = Math.round(16 + alpha * 219);
    }
  }
  picture.data.fill(128, lumaSize);
  for (let y = 0; y < HEIGHT / 2; y++) {
    for (let x = 0; x < WIDTH / 2; x++) {
      const at = lumaSize + y * WIDTH + x;
      picture.data[at] = Math.round(128 + alphaAt(2 * x, 2 * y) * (BLUE_DIFFERENCE - 128));
      picture.data[at + lumaSize / 4] = Math.round(128 + alphaAt(2 * x, 2 * y) * (RED_DIFFERENCE - 128));
    }
  }
  return picture;
}

/** What the colours above are in RGB (BT.601, limited range). */
const COLOUR = [
  1.16438 * (LUMA - 16) + 1.59603 * (RED_DIFFERENCE - 128),
  1.16438 * (LUMA - 16) - 0.39176 * (BLUE_DIFFERENCE - 128) - 0.81297 * (RED_DIFFERENCE - 128),
  1.16438 * (LUMA - 16) + 2.01723 * (BLUE_DIFFERENCE - 128),
];

describe('the snippet that shows an avatar without its background', () => {
  let browser: Browser;
  let server: PageServer;

  beforeAll(async () => {
    server = await startPageServer();
    browser = await openChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('draws coded video with its alpha onto a canvas', async () => {
    const encoder = createVideoEncoder({ codec: 'vp8', width: WIDTH * 2, height: HEIGHT, fps: 25, maxBitrate: 2_000_000 });
    const picture = sideBySide();
    const units = Array.from({ length: 5 }, (_, i) => [...encoder.encode(picture, i === 0).data]);
    encoder.close();
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.addScriptTag({ type: 'module', content: `${readFileSync(SNIPPET, 'utf8')}\nwindow.showTransparent = showTransparent;` });
    await page.waitForFunction('typeof showTransparent === "function"');
    // In the page: decode, play as a stream, run the snippet, read the canvas back on a transparent 2D canvas and on white.
    const seen = (await page.evaluate(`(async () => {
      const units = ${JSON.stringify(units)};
      const generator = new MediaStreamTrackGenerator({ kind: 'video' });
      const writer = generator.writable.getWriter();
      const decoder = new VideoDecoder({ output: (frame) => void writer.write(frame), error: (error) => { throw error; } });
      decoder.configure({ codec: 'vp8', codedWidth: ${WIDTH * 2}, codedHeight: ${HEIGHT} });
      const video = document.body.appendChild(document.createElement('video'));
      video.muted = true;
      video.style.opacity = '0';
      video.srcObject = new MediaStream([generator]);
      const canvas = document.body.appendChild(document.createElement('canvas'));
      const stop = showTransparent(video, canvas);
      const copy = document.createElement('canvas');
      copy.width = ${WIDTH};
      copy.height = ${HEIGHT};
      const context = copy.getContext('2d');
      void video.play();
      const read = (backdrop) => {
        context.clearRect(0, 0, copy.width, copy.height);
        if (backdrop) { context.fillStyle = backdrop; context.fillRect(0, 0, copy.width, copy.height); }
        context.drawImage(canvas, 0, 0);
        return [[48, 24], [16, 72], [48, 72], [80, 72], [112, 72]].map(([x, y]) => [...context.getImageData(x, y, 1, 1).data]);
      };
      for (let i = 0; ; i = (i + 1) % units.length) {
        decoder.decode(new EncodedVideoChunk({ type: i === 0 ? 'key' : 'delta', timestamp: performance.now() * 1000, data: new Uint8Array(units[i]) }));
        await new Promise((done) => video.requestVideoFrameCallback(() => requestAnimationFrame(done)));
        const clear = read();
        if (clear[2][3] > 0) { stop(); return { size: [canvas.width, canvas.height], clear, onWhite: read('#fff') }; }
      }
    })()`)) as { size: number[]; clear: number[][]; onWhite: number[][] };
    expect(seen.size).toEqual([WIDTH, HEIGHT]);
    const [above, left, solid, half, right] = seen.clear;
    expect(above).toEqual([0, 0, 0, 0]);
    expect(left).toEqual([0, 0, 0, 0]);
    expect(right).toEqual([0, 0, 0, 0]);
    expect(solid![3]).toBe(255);
    expect(half![3]).toBeGreaterThan(122);
    expect(half![3]).toBeLessThan(133);
    COLOUR.forEach((value, channel) => {
      expect(Math.abs(solid![channel]! - value)).toBeLessThan(5);
      expect(Math.abs(seen.onWhite[3]![channel]! - (value + 255) / 2)).toBeLessThan(6);
    });
    expect(seen.onWhite[0]).toEqual([255, 255, 255, 255]);
  });
});
