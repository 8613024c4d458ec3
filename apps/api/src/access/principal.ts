import { memberRole, type KeyScope, type MemberRole, type TokenScope } from '@visavis/contracts';

/** Who makes a request. Ids are bare UUIDs, as the database has them. */
export type Principal =
  | { readonly kind: 'key'; readonly tenantId: string; readonly keyId: string; readonly scopes: readonly KeyScope[] }
  | { readonly kind: 'client'; readonly tenantId: string; readonly sessionId: string; readonly scopes: readonly TokenScope[]; readonly expiresAt: Date }
  | { readonly kind: 'member'; readonly tenantId: string; readonly userId: string; readonly role: MemberRole; readonly dashboardSessionId: string }
  | { readonly kind: 'worker' };

/** A principal that belongs to a tenant: everyone but a worker. */
export type TenantPrincipal = Exclude<Principal, { kind: 'worker' }>;

/** Who may call a route. Several entries are alternatives; what isn't named is refused. */
export interface AccessRule {
  /** An API key with this scope. */
  readonly key?: KeyScope;
  /** A client token with this scope, and only for the session that the route's `:id` names. */
  readonly client?: TokenScope;
  /** A signed-in member with at least this role. */
  readonly member?: MemberRole;
  /** A worker of the fleet. */
  readonly worker?: true;
  /** Everyone. */
  readonly public?: true;
}

const RANK: Readonly<Record<MemberRole, number>> = { viewer: 0, billing: 1, developer: 2, admin: 3, owner: 4 };

/** Whether a member with `role` may do what at least a `minimum` may. */
export function roleReaches(role: MemberRole, minimum: MemberRole): boolean {
  return RANK[role] >= RANK[minimum];
}

/** A stored role, or null if the database holds something that isn't one: nobody gets in by that. */
export function parseRole(stored: string): MemberRole | null {
  const parsed = memberRole.safeParse(stored);
  return parsed.success ? parsed.data : null;
}
