import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { credits, usage } from '@visavis/contracts';
import { creditsToNumber, type Ledger } from '@visavis/credits';
import { z } from 'zod';
import { Access, Principal } from '../../access/access.decorator';
import type { TenantPrincipal } from '../../access/principal';
import { LEDGER } from '../metering/metering.tokens';
import { AccountRepository } from './account.repository';

const DAY_MS = 24 * 3600 * 1000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 366;

const moment = z.union([z.iso.datetime(), z.iso.date()]).meta({ example: '2026-11-01' });
const usageQuery = z
  .object({ from: moment.optional(), to: moment.optional() })
  .transform((query) => {
    const to = query.to === undefined ? new Date() : new Date(query.to);
    return { from: query.from === undefined ? new Date(to.getTime() - DEFAULT_DAYS * DAY_MS) : new Date(query.from), to };
  })
  .refine((range) => range.from < range.to, { message: 'must be before "to"', path: ['from'] })
  .refine((range) => range.to.getTime() - range.from.getTime() <= MAX_DAYS * DAY_MS, { message: `must be at most ${MAX_DAYS} days before "to"`, path: ['from'] });

/** What an account has and what it used. */
@ApiTags('Account')
@Controller('v1')
@Access({ key: 'billing:read', member: 'viewer' })
export class AccountController {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly account: AccountRepository,
  ) {}

  @Get('credits')
  @ApiOperation({ summary: 'Read the balance' })
  @ApiOkResponse({ standardSchema: credits })
  async credits(@Principal() principal: TenantPrincipal) {
    const [balance, rate] = await Promise.all([this.ledger.balance(principal.tenantId), this.account.microCreditsPerMinute(principal.tenantId)]);
    return {
      available: creditsToNumber(balance.available),
      held: creditsToNumber(balance.held),
      available_micro_credits: String(balance.available),
      held_micro_credits: String(balance.held),
      credits_per_minute: creditsToNumber(rate),
    };
  }

  @Get('usage')
  @ApiOperation({ summary: 'Read what was used', description: 'By day of UTC, from `from` up to but without `to`; the last 30 days if left out. Running sessions count up to a few seconds ago.' })
  @ApiOkResponse({ standardSchema: usage })
  async usage(@Principal() principal: TenantPrincipal, @Query({ schema: usageQuery }) range: z.output<typeof usageQuery>) {
    const [rows, sessions] = await Promise.all([
      this.account.usageDays(principal.tenantId, range.from, range.to),
      this.account.sessionsWithUsage(principal.tenantId, range.from, range.to),
    ]);
    const total = rows.reduce((sum, row) => ({ ms: sum.ms + row.billed_ms, microCredits: sum.microCredits + row.micro_credits }), { ms: 0n, microCredits: 0n });
    return {
      from: range.from.toISOString(),
      to: range.to.toISOString(),
      sessions,
      billed_seconds: Number(total.ms) / 1000,
      credits: creditsToNumber(total.microCredits),
      days: rows.map((row) => ({ date: row.date, sessions: row.sessions, billed_seconds: Number(row.billed_ms) / 1000, credits: creditsToNumber(row.micro_credits) })),
    };
  }
}
