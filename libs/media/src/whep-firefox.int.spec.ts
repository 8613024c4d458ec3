import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findFirefox, findWorkerBinary, type PlayStats } from './testing/index.ts';

// Real: mediasoup, Firefox, libs/rtp and libs/codec as the sender. VP8 only: Firefox's H.264 is a plug-in that it downloads, which a test machine hasn't.
// Firefox refuses ICE on loopback, so the whole scenario runs in a network namespace of its own, with one interface that isn't.

/** Prepares the interface and then becomes node; the namespace goes with the last process in it. */
const inNamespace = [
  'ip link set lo up',
  'ip link add vv0 type veth peer name vv1',
  'ip addr add 10.99.0.1/24 dev vv0',
  'ip link set vv0 up',
  'ip link set vv1 up',
  'ip route add default via 10.99.0.2',
  'exec "$@"',
].join(' && ');

const missing = [
  ...(findWorkerBinary() ? [] : ['a mediasoup worker (MEDIASOUP_WORKER_BIN)']),
  ...(findFirefox() ? [] : ['Firefox (FIREFOX_PATH)']),
  ...(spawnSync('unshare', ['--net', '--', 'sh', '-c', inNamespace, 'sh', 'true']).status === 0 ? [] : ['root, to make a network namespace']),
];
if (missing.length > 0) console.error(`SKIPPED: WHEP in Firefox needs ${missing.join(' and ')}`);

interface Outcome {
  status: number;
  answer: string;
  before: PlayStats;
  after: PlayStats;
  restarted: { status: number; etagChanged: boolean };
  restartedStats: PlayStats;
  viewers: number;
  refused: { status: number; body: string };
  stopped: number;
  firstFrames: string[];
}

describe.skipIf(missing.length > 0)('WHEP in Firefox', () => {
  it('plays VP8 and Opus, goes on when the ingest is replaced and when ICE restarts', { timeout: 120_000 }, async () => {
    const outcome = await runScenario();
    expect(outcome.status).toBe(201);
    expect(outcome.answer).toContain('a=rtpmap:120 VP8/90000');
    expect(outcome.before).toMatchObject({ connectionState: 'connected', width: 320, height: 240 });
    expect(outcome.after.trackIds).toEqual(outcome.before.trackIds);
    expect(outcome.after.framesShown).toBeGreaterThan(outcome.before.framesShown);
    expect(outcome.after.currentTime).toBeGreaterThan(outcome.before.currentTime);
    expect(outcome.restarted).toMatchObject({ status: 200, etagChanged: true });
    expect(outcome.restartedStats.framesShown).toBeGreaterThan(outcome.after.framesShown);
    expect(outcome).toMatchObject({ viewers: 1, stopped: 200, firstFrames: ['ses_firefox'] });
    expect(outcome.refused.status).toBe(406);
  });
});

function runScenario(): Promise<Outcome> {
  const script = fileURLToPath(new URL('./testing/firefox-scenario.ts', import.meta.url));
  const child = spawn('unshare', ['--net', '--', 'sh', '-c', inNamespace, 'sh', process.execPath, script, '10.99.0.1'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as Outcome);
      else reject(new Error(`the scenario ended with ${code}: ${errors.slice(-2000)}`));
    });
  });
}
