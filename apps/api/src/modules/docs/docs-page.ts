import type { OpenAPIObject } from '@nestjs/swagger';
import { createHash } from 'node:crypto';

interface Schema {
  $ref?: string;
  [key: string]: unknown;
}
interface Body {
  content?: Record<string, { schema?: Schema; example?: unknown }>;
  description?: string;
}
interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}
interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: Body;
  responses?: Record<string, Body>;
}
interface Entry {
  method: string;
  path: string;
  operation: Operation;
}

const STYLE = `
:root{color-scheme:light dark;--line:color-mix(in srgb,currentColor 16%,transparent);--dim:color-mix(in srgb,currentColor 65%,transparent)}
*{box-sizing:border-box}body{margin:0;font:15px/1.55 system-ui,sans-serif;display:grid;grid-template-columns:17rem minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.5rem 1rem;border-right:1px solid var(--line);font-size:13.5px}
nav h2{font-size:12px;margin:1.2rem 0 .3rem;color:var(--dim)}nav a{display:block;padding:.15rem 0;color:inherit;text-decoration:none}nav a:hover{text-decoration:underline}
main{padding:2rem clamp(1rem,4vw,3.5rem);max-width:62rem}h1{margin:0 0 .5rem}section{padding:1.4rem 0;border-top:1px solid var(--line)}
h3{margin:0 0 .2rem;font-size:1.1rem}code,pre{font:13px/1.5 ui-monospace,monospace}pre{overflow:auto;padding:.8rem 1rem;border:1px solid var(--line);border-radius:8px;margin:.5rem 0}
.route{font-weight:600}.m{display:inline-block;min-width:4.2em;text-transform:uppercase}.get{color:#1971c2}.post{color:#2b8a3e}.patch{color:#a86500}.delete{color:#c92a2a}
table{border-collapse:collapse;width:100%}td{padding:.3rem .8rem .3rem 0;vertical-align:top;border-bottom:1px solid var(--line)}summary{cursor:pointer;padding:.25rem 0}
p{margin:.4rem 0;white-space:pre-line}.dim{color:var(--dim)}@media(max-width:48rem){body{display:block}nav{position:static;height:auto;border-right:0}}
`;

/** A page that shows the API's description: HTML and one style sheet, no script, nothing from elsewhere. */
export function renderDocsPage(document: OpenAPIObject): { html: string; contentSecurityPolicy: string } {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  const groups = groupByTag(document);
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(document.info.title)} API</title><style>${STYLE}</style></head><body>
<nav><a href="#top"><b>${escape(document.info.title)} ${escape(document.info.version)}</b></a><a href="/openapi.json">openapi.json</a>${[...groups]
    .map(([tag, entries]) => `<h2>${escape(tag)}</h2>${entries.map((e) => `<a href="#${e.operation.operationId ?? ''}">${escape(e.operation.summary ?? e.path)}</a>`).join('')}`)
    .join('')}<h2>Shapes</h2>${Object.keys(schemas).sort().map((name) => `<a href="#schema-${name}">${escape(name)}</a>`).join('')}</nav>
<main id="top"><h1>${escape(document.info.title)} API</h1><p>${inline(document.info.description ?? '')}</p>
${[...groups].map(([tag, entries]) => `<h2>${escape(tag)}</h2>${entries.map(renderOperation).join('')}`).join('')}
<h2>Shapes</h2>${Object.entries(schemas).sort().map(([name, schema]) => `<section id="schema-${name}"><h3>${escape(name)}</h3>${renderSchema(schema)}</section>`).join('')}
</main></body></html>`;
  const styleHash = createHash('sha256').update(STYLE).digest('base64');
  return { html, contentSecurityPolicy: `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'` };
}

function groupByTag(document: OpenAPIObject): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>((document.tags ?? []).map(({ name }) => [name, []]));
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations as Record<string, Operation>)) {
      const tag = operation.tags?.[0] ?? 'Other';
      groups.set(tag, [...(groups.get(tag) ?? []), { method, path, operation }]);
    }
  }
  for (const [tag, entries] of groups) if (entries.length === 0) groups.delete(tag);
  return groups;
}

function renderOperation({ method, path, operation }: Entry): string {
  const parameters = operation.parameters ?? [];
  return `<section id="${operation.operationId ?? ''}"><h3>${escape(operation.summary ?? '')}</h3>
<div class="route"><code><span class="m ${method}">${method}</span> ${escape(path)}</code></div>
<p>${inline(operation.description ?? '')}</p>
${parameters.length === 0 ? '' : `<table>${parameters.map(renderParameter).join('')}</table>`}
${operation.requestBody === undefined ? '' : `<details><summary>Body</summary>${renderContent(operation.requestBody)}</details>`}
${Object.entries(operation.responses ?? {}).map(([status, body]) => `<details><summary><code>${status}</code> <span class="dim">${inline(body.description ?? '')}</span></summary>${renderContent(body)}</details>`).join('')}</section>`;
}

function renderParameter(parameter: Parameter): string {
  return `<tr><td><code>${escape(parameter.name)}</code></td><td class="dim">${parameter.in}${parameter.required === true ? ', required' : ''}</td><td>${inline(parameter.description ?? '')}</td></tr>`;
}

function renderContent(body: Body): string {
  return Object.entries(body.content ?? {})
    .map(([type, { schema, example }]) => {
      const shown = example === undefined ? '' : `<pre>${escape(JSON.stringify(example, null, 2))}</pre>`;
      const shape = schema === undefined ? '' : shown === '' ? renderSchema(schema) : `<details><summary class="dim">Shape</summary>${renderSchema(schema)}</details>`;
      return `<div class="dim"><code>${escape(type)}</code></div>${shown}${shape}`;
    })
    .join('');
}

/** The schema as JSON, with its references as links. */
function renderSchema(schema: Schema): string {
  const json = escape(JSON.stringify(schema, null, 2));
  return `<pre>${json.replace(/&quot;#\/components\/schemas\/([\w-]+)&quot;/g, '<a href="#schema-$1">$1</a>')}</pre>`;
}

function inline(text: string): string {
  return escape(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
