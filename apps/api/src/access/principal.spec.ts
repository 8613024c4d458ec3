import { memberRole, type MemberRole } from '@visavis/contracts';
import { describe, expect, it } from 'vitest';
import { parseRole, roleReaches } from './principal';

describe('roles', () => {
  it('reach what is below them and themselves', () => {
    const reached = (role: MemberRole) => memberRole.options.filter((minimum) => roleReaches(role, minimum));
    expect(reached('owner')).toEqual(['owner', 'admin', 'developer', 'billing', 'viewer']);
    expect(reached('admin')).toEqual(['admin', 'developer', 'billing', 'viewer']);
    expect(reached('developer')).toEqual(['developer', 'billing', 'viewer']);
    expect(reached('billing')).toEqual(['billing', 'viewer']);
    expect(reached('viewer')).toEqual(['viewer']);
  });

  it('that nobody knows are none', () => {
    expect(parseRole('owner')).toBe('owner');
    expect(parseRole('superuser')).toBeNull();
  });
});
