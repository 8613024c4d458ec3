// What the set-up says while it works: one line per step, with the time it took. On a terminal the running step's line is rewritten in place; without one,
// or with CI set, every line is final, and a long step says that it began and reports now and then.
const live = process.stdout.isTTY === true && !process.env.CI;
const began = Date.now();
const repeatAfterMs = 15_000;
const announceAfterMs = 2_000;

let current;

function seconds(ms) {
  return ms < 9_950 ? `${(ms / 1000).toFixed(1)} s` : ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

function clearLive() {
  if (live && current) process.stdout.write('\r\x1b[K');
}

function drawLive() {
  if (live && current) process.stdout.write(`\r\x1b[K… ${current.title}${current.note ? ` (${current.note})` : ''}`.slice(0, process.stdout.columns || 120));
}

/** Prints a line of its own, above the running step. */
export function say(text = '') {
  clearLive();
  process.stdout.write(`${text}\n`);
  drawLive();
}

/** The time since the program began, for a closing line. */
export function elapsed() {
  return seconds(Date.now() - began);
}

/**
 * Runs one step and prints its line. What the step throws is thrown on, after the line says that it failed.
 * @template T
 * @param {string} title
 * @param {(note: (text: string) => void) => Promise<T> | T} work `note` says how far it is
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const start = Date.now();
  const outer = current;
  let shownAt = start;
  current = { title, note: '' };
  const own = current;
  const note = (text) => {
    own.note = text;
    if (live) drawLive();
    else if (Date.now() - shownAt >= repeatAfterMs) {
      shownAt = Date.now();
      process.stdout.write(`  ${title}: ${text}\n`);
    }
  };
  drawLive();
  const announcement = live ? undefined : setTimeout(() => process.stdout.write(`… ${title}${own.note ? ` (${own.note})` : ''}\n`), announceAfterMs);
  try {
    const result = await work(note);
    clearLive();
    process.stdout.write(`✓ ${title}  ${seconds(Date.now() - start)}\n`);
    return result;
  } catch (error) {
    clearLive();
    process.stdout.write(`✗ ${title}  ${seconds(Date.now() - start)}\n`);
    throw error;
  } finally {
    clearTimeout(announcement);
    current = outer;
    drawLive();
  }
}

/** Something that the person at the keyboard can put right: shown as its message alone, without a stack. */
export class SetupError extends Error {
  name = 'SetupError';
}

/** Ends the program with an error's message, or with everything known about one that nobody expected. */
export function reportFailure(error) {
  clearLive();
  process.stderr.write(`\n${error instanceof SetupError ? error.message : (error?.stack ?? error)}\n`);
}
