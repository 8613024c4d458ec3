// Run by whep-firefox.int.spec.ts inside a network namespace: Firefox refuses ICE on loopback, so media needs an interface that is none.
// Prints one line of JSON with what the viewer saw.
import { createMediaNode } from '../index.ts';
import { findFirefox, launchFirefox } from './browsers.ts';
import { startTestSender } from './test-sender.ts';
import { WhepPage } from './whep-page.ts';
import { startWhepServer } from './whep-server.ts';
import { findWorkerBinary } from './worker-binary.ts';

const [listenIp = ''] = process.argv.slice(2);
const sessionId = 'ses_firefox';
const firstFrames: string[] = [];
const node = await createMediaNode(
  { workerBin: findWorkerBinary(), workers: 1, listenIp, mediaPort: 0 },
  { onFirstFrame: (session) => void firstFrames.push(session) },
);
const server = await startWhepServer(node);
const browser = await launchFirefox(findFirefox() ?? '');
try {
  const tab = await browser.newPage();
  await tab.goto(server.pageUrl);
  const page = await WhepPage.on(tab);
  const first = await startTestSender(await node.openSession({ sessionId, epoch: 1, video: { codec: 'vp8' } }));
  const { status, body: answer } = await page.play('a', server.whepUrl(sessionId));
  const before = await page.plays('a');
  first.stop();
  const second = await startTestSender(await node.replaceIngest(sessionId, 2));
  const after = await page.plays('a');
  const restarted = await page.restartIce('a');
  const restartedStats = await page.plays('a');
  const viewers = node.viewerCount(sessionId);
  const refused = await page.play('b', server.whepUrl(sessionId), { codec: 'VP9' });
  const stopped = await page.stop('a');
  second.stop();
  process.stdout.write(`${JSON.stringify({ status, answer, before, after, restarted, restartedStats, viewers, refused, stopped, firstFrames })}\n`);
} finally {
  await browser.close();
  await server.close();
  await node.close();
}
