/** The part of JSON Schema that our schemas use. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  format?: string;
  minimum?: number;
  additionalProperties?: unknown;
}

// What a reader expects under these names; the first that the schema allows.
const BY_NAME: Readonly<Record<string, readonly unknown[]>> = {
  name: ['Girl with a Pearl Earring'],
  email: ['ada@example.com'],
  password: ['correct horse battery staple'],
  next_cursor: [null],
  client_token: ['eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…'],
  client_token_expires_at: ['2026-11-22T10:25:30.123Z'],
  key: ['vv_live_7k2m…'],
  content_type: ['image/jpeg'],
  status: ['ready', 'live'],
  progress: [1],
  progress_step: [null],
  failure: [null],
  engine: ['builtin'],
  report: [null],
  end_reason: [null],
  ended_at: [null],
  reassigning: [false],
  expires_at: ['2027-11-22T00:00:00.000Z'],
  revoked_at: [null],
  width: [512],
  height: [512],
  fps: [25],
  viewers: [1],
  max_duration_s: [3600],
  idle_timeout_s: [120],
  urls: [['stun:stun.example.com:3478']],
  url: ['https://files.example.com/upload'],
  headers: [{ 'content-type': 'image/jpeg' }],
  whep_url: ['https://api.example.com/v1/sessions/ses_019ab0d2-6f4e-7c31-9a55-0b1f6a3c2d10/whep'],
  preview_url: ['https://api.example.com/v1/avatars/avt_019ab0d2-6f4e-7c31-9a55-0b1f6a3c2d10/preview?expires=1795341600&signature=…'],
  date: ['2026-11-22'],
  from: ['2026-11-01T00:00:00.000Z'],
  to: ['2026-12-01T00:00:00.000Z'],
  sessions: [12],
  billed_seconds: [732.5],
  credits: [12.208333],
  credits_per_minute: [1],
  reason: [null],
  available: [true],
  free_slots: [4],
};
// What a thing is called, by what else it has.
const NAME_BESIDE: Readonly<Record<string, string>> = { scopes: 'Backend', language: 'Slt', email: 'Ada Lovelace', user: 'Acme' };

/** A value that the schema allows and a reader understands. */
export function exampleOf(schema: JsonSchema, schemas: Readonly<Record<string, JsonSchema>>, name = ''): unknown {
  const target = resolve(schema, schemas);
  const expected = BY_NAME[name]?.find((value) => allows(target, value));
  if (expected !== undefined) return expected;
  if (target.example !== undefined) return target.example;
  if (target.const !== undefined) return target.const;
  if (target.enum !== undefined) return target.enum[0];
  if (target.default !== undefined) return target.default;
  const alternatives = target.anyOf ?? target.oneOf ?? target.allOf;
  if (alternatives !== undefined) return exampleOf(alternatives.find((one) => one.type !== 'null') ?? alternatives[0]!, schemas, name);
  switch ([target.type].flat().find((type) => type !== 'null')) {
    case 'object':
      return exampleObject(target, schemas);
    case 'array':
      return target.items === undefined ? [] : [exampleOf(target.items, schemas, name)];
    case 'string':
      return target.format === 'date-time' ? '2026-11-22T10:15:30.123Z' : target.format === 'uri' ? 'https://example.com/' : 'text';
    case 'integer':
    case 'number':
      return Math.max(target.minimum ?? 0, 0);
    case 'boolean':
      return true;
    default:
      return null;
  }
}

function exampleObject(schema: JsonSchema, schemas: Readonly<Record<string, JsonSchema>>): Record<string, unknown> {
  const properties = schema.properties ?? {};
  const example: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(properties)) {
    // A field that may be left out is, unless there is something worth showing.
    if (schema.required?.includes(key) !== true && !(key in BY_NAME) && !isTelling(resolve(value, schemas))) continue;
    example[key] = exampleOf(value, schemas, key);
  }
  const sibling = Object.keys(NAME_BESIDE).find((one) => one in properties);
  if (sibling !== undefined && 'name' in example) example.name = NAME_BESIDE[sibling];
  return example;
}

function isTelling(schema: JsonSchema): boolean {
  return schema.example !== undefined || schema.default !== undefined || schema.const !== undefined || schema.enum !== undefined || schema.properties !== undefined;
}

function resolve(schema: JsonSchema, schemas: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (schemas[name] ?? {});
}

/** Whether a value that goes with a name is of a type that this schema takes. */
function allows(schema: JsonSchema, value: unknown): boolean {
  if (schema.enum !== undefined) return schema.enum.includes(value);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.some((one) => allows(one, value));
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const types = [schema.type].flat();
  return types.includes(type) || (type === 'number' && types.includes('integer') && Number.isInteger(value));
}
