import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../support/until.ts';

/** What a worker writes into its log when a session ends. */
export interface SenderFigures {
  sessions: number;
  /** Of all sessions together, from each one's start to its end, ramp included. */
  seconds: number;
  frames: number;
  late: number;
  dropped: number;
  fromLoop: number;
  videoPackets: number;
  /** Milliseconds of the pipeline threads, by what they were spent on. */
  spentMs: Record<(typeof parts)[number], number>;
}

const parts = ['listen', 'render', 'encode', 'opus', 'packetise', 'protect', 'send'] as const;

/** What the workers wrote of these sessions. */
export async function senderFigures(home: string, ids: readonly string[]): Promise<SenderFigures> {
  const wanted = new Set(ids);
  const logs = join(home, 'logs');
  const read = () =>
    readdirSync(logs)
      .filter((name) => /^worker.*\.log$/.test(name))
      .flatMap((name) => logLines(join(logs, name)))
      .filter((line) => line['message'] === 'session stopped' && wanted.has(String(line['session_id'])));
  const lines = await until('the workers say what they sent', () => {
    const found = read();
    return found.length >= ids.length ? found : null;
  }, 5000).catch(() => read());
  const sum = (of: string) => lines.reduce((total, line) => total + Number(line[of] ?? 0), 0);
  return {
    sessions: lines.length,
    seconds: sum('seconds'),
    frames: sum('frames'),
    late: sum('late'),
    dropped: sum('dropped'),
    fromLoop: sum('from_loop'),
    videoPackets: sum('video_packets'),
    spentMs: Object.fromEntries(parts.map((part) => [part, sum(`${part}_ms`)])) as SenderFigures['spentMs'],
  };
}

function logLines(path: string): Record<string, unknown>[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => (line.includes('session stopped') ? [JSON.parse(line) as Record<string, unknown>] : []));
}
