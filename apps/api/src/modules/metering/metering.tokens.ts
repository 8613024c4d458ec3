/** `Ledger` of \@visavis/credits. */
export const LEDGER = Symbol('LEDGER');
