import { createHash } from 'node:crypto';

/*
 * One avatar as one file:
 *   bytes 0–7    magic "VVFACE01"
 *   bytes 8–11   length of the manifest, little-endian
 *   manifest     JSON, UTF-8
 *   parts        one after another, in the manifest's order
 * The manifest names every part with its length and SHA-256, so a torn or altered file is refused instead of rendered.
 */
const MAGIC = Buffer.from('VVFACE01', 'latin1');
const HEADER_BYTES = MAGIC.length + 4;
const MAX_MANIFEST_BYTES = 1 << 20;

export interface BundleHead {
  engine: string;
  engineVersion: string;
  /** Facts about the avatar that are small enough for JSON. */
  facts: Record<string, unknown>;
}

export interface BundleContent extends BundleHead {
  parts: ReadonlyMap<string, Uint8Array>;
}

interface ManifestPart {
  name: string;
  byteLength: number;
  sha256: string;
}

interface Manifest extends BundleHead {
  parts: ManifestPart[];
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Packs head and parts into one file. */
export function packBundle(content: BundleContent): Uint8Array {
  const parts = [...content.parts];
  const manifest: Manifest = {
    engine: content.engine,
    engineVersion: content.engineVersion,
    facts: content.facts,
    parts: parts.map(([name, bytes]) => ({ name, byteLength: bytes.byteLength, sha256: sha256Hex(bytes) })),
  };
  const json = Buffer.from(JSON.stringify(manifest), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.byteLength);
  return new Uint8Array(Buffer.concat([MAGIC, length, json, ...parts.map(([, bytes]) => bytes)]));
}

/**
 * Reads a file made by `packBundle`. Parts are views into `file`.
 * @throws Error when the file is not such a bundle, is incomplete, or a part differs from its checksum.
 */
export function unpackBundle(file: Uint8Array): BundleContent {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.byteLength < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new Error('not an avatar bundle of the built-in engine');
  }
  const manifestBytes = bytes.readUInt32LE(MAGIC.length);
  if (manifestBytes > MAX_MANIFEST_BYTES || HEADER_BYTES + manifestBytes > bytes.byteLength) {
    throw new Error('avatar bundle is damaged: its manifest does not fit into the file');
  }
  const manifest = parseManifest(bytes.subarray(HEADER_BYTES, HEADER_BYTES + manifestBytes));
  const parts = new Map<string, Uint8Array>();
  let offset = HEADER_BYTES + manifestBytes;
  for (const part of manifest.parts) {
    const view = file.subarray(offset, offset + part.byteLength);
    if (view.byteLength !== part.byteLength || sha256Hex(view) !== part.sha256) {
      throw new Error(`avatar bundle is damaged: part "${part.name}" does not match its checksum`);
    }
    parts.set(part.name, view);
    offset += part.byteLength;
  }
  return { engine: manifest.engine, engineVersion: manifest.engineVersion, facts: manifest.facts, parts };
}

function parseManifest(json: Buffer): Manifest {
  let manifest: Partial<Manifest>;
  try {
    manifest = JSON.parse(json.toString('utf8')) as Partial<Manifest>;
  } catch {
    throw new Error('avatar bundle is damaged: its manifest is not JSON');
  }
  const { engine, engineVersion, facts, parts } = manifest;
  const partsAreSound =
    Array.isArray(parts) &&
    parts.every((part) => typeof part?.name === 'string' && Number.isSafeInteger(part.byteLength) && part.byteLength >= 0);
  if (typeof engine !== 'string' || typeof engineVersion !== 'string' || typeof facts !== 'object' || !facts || !partsAreSound) {
    throw new Error('avatar bundle is damaged: its manifest is incomplete');
  }
  return { engine, engineVersion, facts, parts };
}
