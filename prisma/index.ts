export { migrate } from './migrate.ts';
export { LOGIN_ROLES, roleUrl } from './roles.ts';
export type { LoginRole } from './roles.ts';
