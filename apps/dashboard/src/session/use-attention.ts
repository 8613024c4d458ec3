import { useEffect, useState } from 'react';

const ASK_AFTER_MS = 5 * 60_000;
const END_AFTER_MS = 60_000;
const CHECK_MS = 1000;

/**
 * Someone who walks away would pay for a face that nobody watches: after five minutes without a touch the page asks,
 * a minute later it ends the session.
 * @returns seconds until the end while it asks, else null; and the answer "I am here"
 */
export function useAttention(active: boolean, onAbsent: () => void): { secondsLeft: number | null; confirm: () => void } {
  const [askedAtMs, setAskedAtMs] = useState<number | null>(null);
  const [nowMs, setNowMs] = useState(0);
  const [generation, setGeneration] = useState(0);

  useEffect(() => {
    setAskedAtMs(null);
    if (!active) return;
    let touchedAtMs = Date.now();
    let asked: number | null = null;
    const touch = () => {
      if (asked === null) touchedAtMs = Date.now();
    };
    const timer = setInterval(() => {
      const at = Date.now();
      if (asked === null && at - touchedAtMs > ASK_AFTER_MS) setAskedAtMs((asked = at));
      if (asked !== null) setNowMs(at);
      if (asked !== null && at - asked > END_AFTER_MS) {
        clearInterval(timer);
        onAbsent();
      }
    }, CHECK_MS);
    window.addEventListener('pointerdown', touch);
    window.addEventListener('keydown', touch);
    return () => {
      clearInterval(timer);
      window.removeEventListener('pointerdown', touch);
      window.removeEventListener('keydown', touch);
    };
  }, [active, generation, onAbsent]);

  const secondsLeft = askedAtMs === null ? null : Math.max(0, Math.ceil((END_AFTER_MS - Math.max(0, nowMs - askedAtMs)) / 1000));
  return { secondsLeft, confirm: () => setGeneration((before) => before + 1) };
}
