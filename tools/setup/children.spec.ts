import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beganAt, Children, delay, describeExit, endLeftovers, lastLines } from './children.mjs';
import { processAlive } from './file-lock.mjs';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'visavis-children-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const node = (code: string, more = {}) => ({ name: 'child', command: process.execPath, args: ['-e', code], ...more });
const noted = () => JSON.parse(readFileSync(join(home, 'processes.json'), 'utf8'));

async function until(condition: () => boolean) {
  for (let waited = 0; !condition() && waited < 20_000; waited += 20) await delay(20);
  expect(condition()).toBe(true);
}

describe('children', () => {
  it('are noted while they run and stopped with their signal', async () => {
    const children = new Children(home);
    const child = children.start(node(`process.on('SIGINT', () => { console.log('bye'); process.exit(7) }); console.log('up'); setInterval(() => {}, 1000)`, { stopSignal: 'SIGINT' }));
    await until(() => lastLines(child).includes('up'));
    expect(noted()).toEqual([expect.objectContaining({ name: 'child', pid: child.pid, began: beganAt(child.pid) })]);
    await children.stop(child);
    expect(describeExit(child)).toBe('ended with code 7');
    expect(lastLines(child)).toBe('up\nbye');
    expect(noted()).toEqual([]);
  });

  it('are killed when they do not listen', async () => {
    const children = new Children(home);
    const child = children.start(node(`process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)`, { stopTimeoutMs: 200 }));
    await until(() => lastLines(child).includes('up'));
    await children.stop(child);
    expect(describeExit(child)).toBe('was ended by SIGKILL');
  });

  it('report an end that nobody asked for, with the end of their log', async () => {
    const children = new Children(home);
    const died = Promise.withResolvers<Parameters<typeof lastLines>[0]>();
    children.start(node(`console.error('no database'); process.exit(3)`, { onExit: died.resolve }));
    const child = await died.promise;
    expect(describeExit(child)).toBe('ended with code 3');
    expect(lastLines(child)).toBe('no database');
  });

  it('that a killed run left behind are ended by the next', async () => {
    const child = new Children(home).start(node('setInterval(() => {}, 1000)'));
    expect(await endLeftovers(home)).toEqual(['child']);
    expect(processAlive(child.pid)).toBe(false);
    await child.exited;
    expect(noted()).toEqual([]);
  });

  it('are not confused with a process that got the same number', async () => {
    const child = new Children(home).start(node('setInterval(() => {}, 1000)'));
    writeFileSync(join(home, 'processes.json'), JSON.stringify([{ ...noted()[0], began: 'another time' }]));
    expect(await endLeftovers(home)).toEqual([]);
    expect(processAlive(child.pid)).toBe(true);
    process.kill(child.pid, 'SIGKILL');
    await child.exited;
  });
});
