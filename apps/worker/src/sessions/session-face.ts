import type { Cue, SessionGrant, WorkerCommand } from '@visavis/contracts';

const AT_REST: Cue = { type: 'expression', expression: 'neutral', strength: 0 };

/** What a session's face was told to do beside speaking. A second worker is told how the first one left it, and hears old commands again. */
export class SessionFace {
  /** Its expression where no utterance has another. */
  expression: Cue = AT_REST;
  private readonly alreadyDone: number;

  constructor(
    { cues, cue_number }: SessionGrant['resume'],
    private readonly act: (cue: Cue) => void,
  ) {
    this.alreadyDone = cue_number;
    for (const cue of cues) this.do(cue);
  }

  take({ number, cue }: Extract<WorkerCommand, { type: 'cue' }>): void {
    if (number > this.alreadyDone) this.do(cue);
  }

  private do(cue: Cue): void {
    if (cue.type === 'expression') this.expression = cue;
    this.act(cue);
  }
}
