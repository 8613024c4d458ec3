export { creditsToNumber, formatCredits, parseCredits } from './format.ts';
export { firstHoldMicroCredits, holdToReach, isExhausted, remainingMs } from './holds.ts';
export type { HoldState } from './holds.ts';
export { createLedger } from './ledger.ts';
export type { Balance, GrantOptions, Ledger, LedgerViolation, OpenHold, SessionBill, Settlement, UsageSlice } from './ledger.ts';
export { affordableMs, MICRO_CREDITS_PER_CREDIT, priceMicroCredits } from './price.ts';
