import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { createAvatarUpload, problem, sessionEvent, socketCommand, utteranceTimings, type UtteranceTimings } from '@visavis/contracts';
import { z } from 'zod';
import { problemResponse } from '../../http/api-problems.decorator';
import { COOKIE_NAME } from '../../access/cookie';
import type { JsonSchema } from './examples';
import { finishOperation, type Operation } from './finish-operation';
import { rulesByOperation } from './operation-access';

const ABOUT = `Live talking avatars. Start a session with an API key, play it in a page by WHEP with its client token, and make it speak.

Ids are UUIDs with a prefix (\`ses_…\`). Lists are \`{ data, next_cursor }\`, newest first. Failures are problem documents (RFC 9457) with a stable \`code\`. Every answer has \`x-request-id\`.
POSTs that say so take \`Idempotency-Key\`. \`RateLimit-Limit\`, \`RateLimit-Remaining\` and \`RateLimit-Reset\` (seconds) tell how much room is left in this minute.
Pages may call with a client token from the account's allowed origins; an account that lists none lets all pages in.`;

const TIMINGS_EXAMPLE: UtteranceTimings = {
  utterance_id: 'utt_019ab0d2-6f4e-7c31-9a55-0b1f6a3c2d10',
  source: 'voice',
  words: [
    { text: 'Hello,', start_ms: 10, duration_ms: 407 },
    { text: 'Ada.', start_ms: 615, duration_ms: 402 },
  ],
  visemes: [
    { viseme: 'sil', start_ms: 0, duration_ms: 10 },
    { viseme: 'kk', start_ms: 10, duration_ms: 70 },
    { viseme: 'E', start_ms: 80, duration_ms: 105 },
  ],
};

const SOCKET_OPERATION = 'SessionSocketServer.upgrade';
const SOCKET_ACCESS = { key: 'sessions:read', client: 'view', member: 'viewer' } as const;

/** The description of the public API, out of the code that serves it. */
export function createOpenApiDocument(app: INestApplication, publicUrl: string, version: string): OpenAPIObject {
  const options = new DocumentBuilder()
    .setTitle('Visavis')
    .setDescription(ABOUT)
    .setVersion(version)
    .setOpenAPIVersion('3.1.0')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer(publicUrl)
    .addTag('Sessions', 'Live conversations: start one, make it speak, follow it, end it.')
    .addTag('WHEP', 'Watching a session with any WHEP player.')
    .addTag('Avatars', 'Faces that can speak, made from a clip or a portrait, and stock avatars, which everyone has.')
    .addTag('Voices', 'What text is spoken with.')
    .addTag('Account', 'Credits and usage.')
    .addTag('API keys', 'For your backend. They never belong into a page.')
    .addTag('Dashboard sign-in', "For the dashboard's own pages.")
    .addSecurity('api_key', { type: 'http', scheme: 'bearer', description: 'An API key, `vv_live_…`. For your backend only.' })
    .addSecurity('client_token', { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A token for one session, for pages. Also as `?token=` on GET.' })
    .addSecurity('dashboard', { type: 'apiKey', in: 'cookie', name: COOKIE_NAME, description: "The dashboard's cookie; only from its own pages." })
    .build();
  const document = SwaggerModule.createDocument(app, options, { operationIdFactory: (controller, method) => `${controller}.${method}` });
  const schemas = addSchemas(document);
  const paths = document.paths as Record<string, Record<string, Operation>>;
  describeUploadInJson(paths);
  const rules = rulesByOperation(app).set(SOCKET_OPERATION, SOCKET_ACCESS);
  describeSocket(paths);
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) finishOperation(operation, { method, path, rule: rules.get(operation.operationId ?? ''), schemas });
  }
  return document;
}

/** Shapes that no route names by itself: problems, what an event stream carries, the second form of an upload. */
function addSchemas(document: OpenAPIObject): Record<string, JsonSchema> {
  const components = (document.components ??= {});
  const schemas = {
    ...(components.schemas as Record<string, JsonSchema>),
    SessionEvent: jsonSchema(sessionEvent, 'SessionEvent', 'output'),
    UtteranceTimings: { ...jsonSchema(utteranceTimings, 'UtteranceTimings', 'output'), description: 'The data of `utterance.timings`.', example: TIMINGS_EXAMPLE },
    SocketCommand: jsonSchema(socketCommand, 'SocketCommand', 'input'),
    CreateAvatarUpload: jsonSchema(createAvatarUpload, 'CreateAvatarUpload', 'input'),
    Problem: {
      ...jsonSchema(problem, 'Problem', 'output'),
      example: {
        type: 'https://visavis.dev/problems/not_found',
        title: 'Not found',
        status: 404,
        code: 'not_found',
        detail: 'There is no such session.',
        request_id: 'req_019ab0d2-6f4e-7c31-9a55-0b1f6a3c2d10',
      },
    },
  };
  components.schemas = schemas as NonNullable<typeof components.schemas>;
  return schemas;
}

/** One route takes a form or JSON; the decorators can only describe one shape for both. */
function describeUploadInJson(paths: Record<string, Record<string, Operation>>): void {
  const json = paths['/v1/avatars']?.post?.requestBody?.content?.['application/json'];
  if (json !== undefined) json.schema = { $ref: '#/components/schemas/CreateAvatarUpload' };
}

/** A WebSocket has no route of Nest's, so nothing else would tell of it. */
function describeSocket(paths: Record<string, Record<string, Operation>>): void {
  paths['/v1/sessions/{id}/ws'] = {
    get: {
      operationId: SOCKET_OPERATION,
      tags: ['Sessions'],
      summary: 'Talk to a session over a WebSocket',
      description: `Text frames from you are commands (SocketCommand: speak, stream, interrupt, set an expression, make a gesture …), text frames to you are events (SessionEvent) and answers that carry your \`request_id\`.
Binary frames are s16le mono samples of the utterance that \`speak.start\` began; at most a minute may wait, and you are told before it is full.
Pages send their token as the subprotocol \`visavis.token.<token>\` beside \`visavis\`, or as \`?token=\`.`,
      parameters: [
        { name: 'token', in: 'query', required: false, description: 'A client token, where a browser cannot set headers.', schema: { type: 'string' } },
        { name: 'include', in: 'query', required: false, description: 'What to send beside the events, separated by commas: `timings`.', example: 'timings', schema: { type: 'string' } },
      ],
      responses: { 101: { description: 'The connection speaks WebSocket now.' }, 404: problemResponse(404), 409: problemResponse(409) },
    },
  };
}

/** A schema without what only holds for a document of its own. One that has an id refers to itself by it. */
function jsonSchema(schema: z.ZodType, name: string, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, $defs, ...root } = z.toJSONSchema(schema, { target: 'draft-2020-12', io }) as { $defs?: Record<string, object> } & Record<string, unknown>;
  const { id: _id, ...rest } = ($defs?.[name] ?? root) as Record<string, unknown>;
  return rest as JsonSchema;
}
