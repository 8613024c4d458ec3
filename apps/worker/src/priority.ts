import { readFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Media is the only work here with a deadline. Threads inherit it; the child that prepares avatars has its own. */
const REAL_TIME_NICENESS = -5;
/** Where Linux groups processes by session, niceness counts only inside a group, and the group has its own: as much as makes a difference. */
const REAL_TIME_GROUP_NICENESS = -10;
const LEAST_NICENESS = 19;
/** A tenth of what others get, should somebody else keep the machine busy for hours. */
const LOW_GROUP_NICENESS = 10;
/** Whoever is not root may set one group in a tenth of a second, all of the system together. */
const AGAIN_AFTER_MS = 250;

/** Lets this process run before others where it may. Returns false where it may not, and pictures may be late on a busy machine. */
export function runBeforeOthers(): boolean {
  try {
    setPriority(REAL_TIME_NICENESS);
    if (leadsSession()) setGroupNiceness(process.pid, REAL_TIME_GROUP_NICENESS);
    return true;
  } catch {
    return false;
  }
}

/** Leaves a child what nobody else wants. It is to lead a session of its own (`detached`): in its parent's it would draw on the parent's share. */
export function runBehindOthers(pid: number, again = true): void {
  try {
    setPriority(pid, LEAST_NICENESS);
    setGroupNiceness(pid, LOW_GROUP_NICENESS);
  } catch (error) {
    // Otherwise it has ended, or there are no groups here.
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN' && again) setTimeout(() => runBehindOthers(pid, false), AGAIN_AFTER_MS).unref();
  }
}

/** See autogroup in sched(7). */
function setGroupNiceness(pid: number, niceness: number): void {
  writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
}

/** A group that is not this process's own, a terminal's, is left as it is. So is a kernel without groups, and any other system. */
function leadsSession(): boolean {
  try {
    readFileSync('/proc/self/autogroup');
    // pid (name) state parent group session …
    const session = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ')[3];
    return session === String(process.pid);
  } catch {
    return false;
  }
}
