import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SchemaEngine as Engine } from '@prisma/schema-engine-wasm';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type pg from 'pg';

export type SchemaEngine = Engine;

/** Held by every migration while it runs. */
export const SCRIPT_LOCK = 8_147_294_404;

// Only DOM's types describe this global, and nothing else of DOM exists here.
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: Record<string, unknown>): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

// Prisma's schema engine as WebAssembly: the binary is a download, and set-up reaches npm only.
const glueName = './schema_engine_bg.js';

type Glue = { SchemaEngine: typeof Engine; __wbg_set_wasm(exports: unknown): void };
let loading: Promise<Glue> | undefined;

/**
 * Opens Prisma's schema engine on a pool.
 *
 * @param pool the owner's connections; the caller ends it.
 */
export async function openSchemaEngine(pool: pg.Pool): Promise<SchemaEngine> {
  const glue = await (loading ??= loadEngine());
  const factory = bindMigrationAwareSqlAdapterFactory(new WholeScriptPrismaPg(pool));
  return glue.SchemaEngine.new({ datamodels: undefined }, () => {}, factory);
}

// Once per process: the glue code knows one instance, and engines of an earlier one would wait for ever.
async function loadEngine(): Promise<Glue> {
  const entry = pathToFileURL(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const glue = (await import(new URL(glueName, entry).href)) as Glue;
  const bytes = await readFile(new URL('./schema_engine_bg.wasm', entry));
  const { instance } = await WebAssembly.instantiate(bytes, { [glueName]: glue });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return glue;
}

// The stock adapter cuts scripts at every semicolon, and so through the middle of function bodies. Sent whole, the server parses it, and runs it as one transaction.
class WholeScriptPrismaPg extends PrismaPg {
  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    adapter.executeScript = async (script: string) => {
      await adapter.underlyingDriver().query(recordsItself(script));
    };
    return adapter;
  }
}

// The engine notes a migration before and after it runs. Killed in between, nobody could tell whether it took effect: so the note is part of its transaction.
// And the server goes on with what a killed process had sent it: the lock lets the next process wait for that.
function recordsItself(script: string): string {
  if (script.includes('_prisma_migrations')) return script;
  return `SELECT pg_advisory_xact_lock(${SCRIPT_LOCK}); ${script}
;UPDATE _prisma_migrations SET finished_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL`;
}
