import { ID_PREFIXES } from '@visavis/ids';
import { STATUS_CODES } from 'node:http';
import type { AccessRule } from '../../access/principal';
import { problemResponse } from '../../http/api-problems.decorator';
import { exampleOf, type JsonSchema } from './examples';
import { describeAccess } from './operation-access';

export interface Operation {
  operationId?: string;
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: { name: string; in: string; required?: boolean; schema?: JsonSchema; example?: unknown; description?: string }[];
  requestBody?: { content?: Record<string, MediaType> };
  responses?: Record<string, Response>;
  security?: unknown[];
}
interface MediaType {
  schema?: JsonSchema;
  example?: unknown;
}
interface Response {
  description?: string;
  headers?: Record<string, unknown>;
  content?: Record<string, MediaType>;
}

export interface OperationFacts {
  readonly method: string;
  readonly path: string;
  readonly rule: AccessRule | undefined;
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

const ANY_ROUTE_MAY_ANSWER = [400, 429, 500, 503];
const ROUTES_WITH_ACCESS_MAY_ANSWER = [401, 403];
const EXAMPLE_UUID = '019ab0d2-6f4e-7c31-9a55-0b1f6a3c2d10';
const UUID_PATTERN = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const ID_OF: Readonly<Record<string, string>> = { sessions: ID_PREFIXES.session, avatars: ID_PREFIXES.avatar, 'api-keys': ID_PREFIXES.apiKey };
const INTEGER_HEADER = { schema: { type: 'integer' } };
const HEADERS = {
  'x-request-id': { description: 'Names this request in our logs.', schema: { type: 'string' } },
  'ratelimit-limit': { description: 'Requests that fit into a minute.', ...INTEGER_HEADER },
  'ratelimit-remaining': { description: 'Requests that are left of them.', ...INTEGER_HEADER },
  'ratelimit-reset': { description: 'Seconds until the minute is over.', ...INTEGER_HEADER },
};

/** Adds what is true of every operation, so that no controller has to repeat it. */
export function finishOperation(operation: Operation, facts: OperationFacts): void {
  const { method, path, rule, schemas } = facts;
  addResponses(operation, rule);
  addPathParameters(operation, path);
  addExamples(operation, schemas);
  if (rule !== undefined) {
    const { security, text } = describeAccess(rule);
    operation.security = security;
    operation.description = [operation.description, text].filter(Boolean).join('\n\n');
  }
  // Stable while the address is, whatever the classes are called.
  operation.operationId = `${method}${path.replace(/[{}]/g, '').replace(/[^A-Za-z0-9]+/g, '_')}`;
}

function addResponses(operation: Operation, rule: AccessRule | undefined): void {
  const responses = (operation.responses ??= {});
  if (!Object.keys(responses).some((status) => /^[12]/.test(status))) responses[200] = {};
  for (const status of [...ANY_ROUTE_MAY_ANSWER, ...(rule?.public === true ? [] : ROUTES_WITH_ACCESS_MAY_ANSWER)]) responses[status] ??= problemResponse(status);
  for (const [status, response] of Object.entries(responses)) {
    response.description ||= STATUS_CODES[status] ?? status;
    if (/^2/.test(status)) response.headers = { ...(rule?.public === true ? { 'x-request-id': HEADERS['x-request-id'] } : HEADERS), ...response.headers };
  }
}

function addPathParameters(operation: Operation, path: string): void {
  const parameters = (operation.parameters ??= []);
  for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
    let parameter = parameters.find((one) => one.in === 'path' && one.name === name);
    if (parameter === undefined) {
      parameter = { name: name!, in: 'path', required: true };
      parameters.push(parameter);
    }
    const prefix = name === 'id' ? ID_OF[path.split('/')[2] ?? ''] : undefined;
    parameter.schema = prefix === undefined ? { type: 'string' } : ({ type: 'string', pattern: `^${prefix}_${UUID_PATTERN}$` } as JsonSchema);
    if (prefix !== undefined) parameter.example = `${prefix}_${EXAMPLE_UUID}`;
  }
}

function addExamples(operation: Operation, schemas: OperationFacts['schemas']): void {
  for (const body of [operation.requestBody, ...Object.values(operation.responses ?? {})]) {
    const json = body?.content?.['application/json'];
    if (json?.schema !== undefined && json.example === undefined) json.example = exampleOf(json.schema, schemas);
  }
}
