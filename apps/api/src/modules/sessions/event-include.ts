import { eventInclude, type EventInclude } from '@visavis/contracts';
import { ProblemError } from '@visavis/problems';

/** Reads `include=a,b`, which may also come several times. @throws ProblemError for what nobody can include. */
export function parseInclude(value: unknown): ReadonlySet<EventInclude> {
  const names = [value ?? []].flat().flatMap((part) => String(part).split(','));
  const wanted = new Set<EventInclude>();
  for (const name of names.map((one) => one.trim()).filter((one) => one !== '')) {
    const known = eventInclude.safeParse(name);
    if (!known.success) {
      const message = `may hold ${eventInclude.options.join(', ')}`;
      throw new ProblemError('invalid_request', `"${name.slice(0, 64)}" cannot be included in events: "include" ${message}.`, { errors: [{ path: 'include', message }] });
    }
    wanted.add(known.data);
  }
  return wanted;
}
