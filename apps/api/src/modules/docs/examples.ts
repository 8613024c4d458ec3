/** The part of JSON Schema that our schemas use. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
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

// What a reader expects under these names, where the schema doesn't say more.
const BY_NAME: Readonly<Record<string, unknown>> = {
  name: 'Girl with a Pearl Earring',
  email: 'ada@example.com',
  password: 'correct horse battery staple',
  next_cursor: null,
  cursor: undefined,
  text: 'Hello, I am the girl with a pearl earring.',
  client_token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…',
  key: 'vv_live_7k2m…',
  content_type: 'image/jpeg',
  status: 'ready',
  progress: 1,
  progress_step: null,
  failure: null,
  engine: 'builtin',
  report: null,
  end_reason: null,
  ended_at: null,
  reassigning: false,
  expires_at: '2026-12-31T00:00:00.000Z',
  revoked_at: null,
  width: 512,
  height: 512,
  fps: 25,
  viewers: 1,
  max_duration_s: 3600,
  idle_timeout_s: 120,
  urls: ['stun:stun.example.com:3478'],
  url: 'https://files.example.com/upload',
  headers: { 'content-type': 'image/jpeg' },
  whep_url: 'https://api.example.com/v1/sessions/ses_019ab0d2-6f4e-7c31-9a55-0b1f6a3c2d10/whep',
  preview_url: 'https://api.example.com/v1/avatars/avt_019ab0d2-6f4e-7c31-9a55-0b1f6a3c2d10/preview?expires=1795341600&signature=…',
  date: '2026-11-22',
  sessions: 12,
  billed_seconds: 732.5,
  credits: 12.208333,
  credits_per_minute: 1,
  reason: null,
  available: true,
};

/** A value that the schema allows and a reader understands; the schema's own examples come first. */
export function exampleOf(schema: JsonSchema, schemas: Readonly<Record<string, JsonSchema>>, name = ''): unknown {
  const target = resolve(schema, schemas);
  if (target.example !== undefined) return target.example;
  if (name in BY_NAME && allows(target, BY_NAME[name])) return BY_NAME[name];
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
  const entries = Object.entries(schema.properties ?? {}).map(([key, value]) => [key, exampleOf(value, schemas, key)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function resolve(schema: JsonSchema, schemas: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (schemas[name] ?? {});
}

/** Whether a value that goes with a name is of a type that this schema takes. */
function allows(schema: JsonSchema, value: unknown): boolean {
  if (value === undefined) return true;
  if (schema.enum !== undefined) return schema.enum.includes(value);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.some((one) => allows(one, value));
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const types = [schema.type].flat();
  return types.includes(type) || (type === 'number' && types.includes('integer') && Number.isInteger(value));
}
