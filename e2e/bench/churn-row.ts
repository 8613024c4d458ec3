import { pause } from '../support/until.ts';
import { processUse } from './processes.ts';
import { ReceiverPool } from './receiver-pool.ts';
import type { Bench, Row } from './row.ts';

const SESSIONS = 200;
const AT_ONCE = 4;
/** What caches, pools and code that is compiled late may still take after the first half. */
const MAX_GROWTH_MIB = 48;

/** 200 sessions started, watched, made to speak and stopped: memory has to be what it was. */
export const churnRow: Row = {
  ids: ['churn'],
  long: true,
  async measure({ stage, avatar }: Bench) {
    const receivers = new ReceiverPool();
    const samples: { after: number; rssMib: Record<string, number> }[] = [];
    const sample = (after: number) => samples.push({ after, rssMib: Object.fromEntries(Object.entries(processUse(stage.product)).map(([name, { rssMib }]) => [name, Math.round(rssMib)])) });
    const one = async () => {
      const session = await stage.session({ avatar_id: avatar.id });
      await receivers.watch(session);
      await stage.api.speak(session.id, { text: 'And the next one, please.' });
      await pause(700);
      await stage.api.endSession(session.id);
    };
    try {
      for (let done = 0; done < SESSIONS; done += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, one));
        await receivers.drop();
        if ((done + AT_ONCE) % 20 === 0) sample(done + AT_ONCE);
      }
    } finally {
      receivers.close();
    }
    const half = samples.find(({ after }) => after >= SESSIONS / 2)!.rssMib;
    const end = samples.at(-1)!.rssMib;
    const growth = Object.fromEntries(Object.keys(end).map((name) => [name, end[name]! - (half[name] ?? 0)]));
    return [
      {
        id: 'churn',
        what: `memory over ${SESSIONS} sessions started and stopped`,
        target: 'flat',
        measured: `from the ${SESSIONS / 2}th to the ${SESSIONS}th: ${Object.entries(growth).map(([name, mib]) => `${name} ${mib >= 0 ? '+' : ''}${mib}`).join(', ')} MiB`,
        reached: Object.values(growth).every((mib) => mib < MAX_GROWTH_MIB),
        details: { samples },
      },
    ];
  },
};
