export { ConfigError, deepFreeze, readEnvironment } from './read-environment.ts';
export type { Environment } from './read-environment.ts';
export { Secret } from './secret.ts';
export { flagVariable, httpUrlVariable, intVariable, jsonVariable, listVariable, portVariable, secretUrlVariable, secretVariable, tokenVariable } from './variables.ts';
