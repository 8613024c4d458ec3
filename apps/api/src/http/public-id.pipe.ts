import { Injectable, type PipeTransform } from '@nestjs/common';
import { parseId } from '@visavis/ids';
import { notFound } from '@visavis/problems';

const NAMES = { ses: 'session', avt: 'avatar', key: 'API key', utt: 'utterance' } as const;

/** Turns a public id in the address into the bare UUID. One that can't be an id names nothing: 404, as for another tenant's. */
@Injectable()
export class PublicIdPipe implements PipeTransform<string, string> {
  constructor(private readonly prefix: keyof typeof NAMES) {}

  transform(value: string): string {
    const id = parseId(this.prefix, value);
    if (!id) throw notFound(NAMES[this.prefix]);
    return id;
  }
}
