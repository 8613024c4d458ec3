import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { problem } from '@visavis/contracts';
import { z } from 'zod';
import { problemResponse } from '../../http/api-problems.decorator';
import { COOKIE_NAME } from '../../access/cookie';
import { describeAccess, rulesByOperation } from './operation-access';

const ANY_ROUTE_MAY_ANSWER = [400, 401, 403, 429, 500, 503];
const ABOUT = `Live talking avatars. Start a session with an API key, play it in a page by WHEP with its client token, and make it speak.

Ids are UUIDs with a prefix (\`ses_…\`). Lists are \`{ data, next_cursor }\`. Failures are problem documents (RFC 9457) with a stable \`code\`. Every answer has \`x-request-id\`.
POSTs that say so take \`Idempotency-Key\`. \`RateLimit-Limit\`, \`RateLimit-Remaining\` and \`RateLimit-Reset\` (seconds) tell how much room is left in this minute.
Pages may call with a client token from the account's allowed origins; an account that lists none lets all pages in.`;

type Operation = OpenAPIObject['paths'][string][keyof OpenAPIObject['paths'][string]] & {
  operationId?: string;
  responses?: Record<string, unknown>;
  security?: unknown[];
  description?: string;
};

/** The description of the public API, out of the code that serves it. */
export function createOpenApiDocument(app: INestApplication, publicUrl: string, version: string): OpenAPIObject {
  const options = new DocumentBuilder()
    .setTitle('Visavis')
    .setDescription(ABOUT)
    .setVersion(version)
    .setOpenAPIVersion('3.1.0')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer(publicUrl)
    .addSecurity('api_key', { type: 'http', scheme: 'bearer', description: 'An API key, `vv_live_…`. For your backend only.' })
    .addSecurity('client_token', { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A token for one session, for pages. Also as `?token=` on GET.' })
    .addSecurity('dashboard', { type: 'apiKey', in: 'cookie', name: COOKIE_NAME, description: "The dashboard's cookie; only from its own pages." })
    .build();
  const document = SwaggerModule.createDocument(app, options, { operationIdFactory: (controller, method) => `${controller}.${method}` });
  addProblems(document);
  const rules = rulesByOperation(app);
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations as Record<string, Operation>)) {
      finish(operation, path, method, rules.get(operation.operationId ?? ''));
    }
  }
  return document;
}

function finish(operation: Operation, path: string, method: string, rule: ReturnType<typeof rulesByOperation> extends Map<string, infer R> ? R | undefined : never): void {
  const responses = (operation.responses ??= {});
  for (const status of ANY_ROUTE_MAY_ANSWER) responses[status] ??= problemResponse(status);
  if (rule !== undefined) {
    const { security, text } = describeAccess(rule);
    operation.security = security;
    operation.description = [operation.description, text].filter(Boolean).join('\n\n');
  }
  operation.operationId = operationName(method, path);
}

/** `get_v1_sessions_id`: stable while the address is, whatever the classes are called. */
function operationName(method: string, path: string): string {
  return `${method}${path.replace(/[{}]/g, '').replace(/[^A-Za-z0-9]+/g, '_')}`.replace(/_$/, '');
}

function addProblems(document: OpenAPIObject): void {
  const components = (document.components ??= {});
  const schema = z.toJSONSchema(problem, { target: 'draft-2020-12', io: 'output' }) as Record<string, unknown>;
  delete schema.$schema;
  delete schema.id;
  components.schemas = {
    ...components.schemas,
    Problem: {
      ...schema,
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
}
