/** Second door, for tests only: what the end-to-end tests share with this library's own. */
export { findChromium, findFirefox, launchChromium, launchFirefox } from './browsers.ts';
export { startTestSender, type TestSender, type TestSenderOptions } from './test-sender.ts';
export { WhepPage, type PlayOptions, type PlayResult, type PlayStats, type ScriptablePage } from './whep-page.ts';
export { startWhepServer, type WhepServer } from './whep-server.ts';
export { findWorkerBinary } from './worker-binary.ts';
