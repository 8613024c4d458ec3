import type { z } from 'zod';
import type { credits, problem } from '@visavis/contracts';

export type { Avatar, CreatedSession, CreateSession, EndReason, Session, SessionEvent, SessionEventType, Speak, TokenScope } from '@visavis/contracts';
export type Credits = z.infer<typeof credits>;
export type Problem = z.infer<typeof problem>;
