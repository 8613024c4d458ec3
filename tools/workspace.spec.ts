// What every package of the workspace owes the others: tags for the boundary rule, the common targets, exact versions, a page about a library.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

interface Manifest {
  name: string;
  private?: boolean;
  license?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  nx?: { tags?: string[]; targets?: Record<string, unknown> };
}

const read = (path: string): Manifest => JSON.parse(readFileSync(join(root, path), 'utf8'));
const packages = globSync(['apps/*/package.json', 'libs/*/package.json', 'prisma/package.json', 'tools/package.json', 'e2e/package.json'], { cwd: root })
  .sort()
  .map((path) => ({ folder: dirname(path), manifest: read(path) }));

describe.each(packages)('$folder', ({ folder, manifest }) => {
  it('has a type tag, without which the boundary rule knows nothing of it', () => {
    expect(manifest.nx?.tags).toEqual(expect.arrayContaining([expect.stringMatching(/^type:(app|lib|data|tool|test)$/)]));
  });

  it('is linted, and checked for types unless it is plain JavaScript', () => {
    const targets = Object.keys(manifest.nx?.targets ?? {});
    expect(targets).toEqual(expect.arrayContaining(folder === 'tools' ? ['lint'] : ['lint', 'typecheck']));
  });

  it('pins what it depends on', () => {
    expect(loose(manifest)).toEqual([]);
  });

  it('is private and says under which licence it stands', () => {
    expect(manifest).toMatchObject({ private: true, license: 'Apache-2.0' });
  });

  it.runIf(folder.startsWith('libs/'))('has a README', () => {
    expect(existsSync(join(root, folder, 'README.md'))).toBe(true);
  });
});

describe('the workspace', () => {
  it('pins what it depends on', () => {
    expect(loose(read('package.json'))).toEqual([]);
  });

  it('has a lock file that names no registry', () => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, { resolved?: string; link?: boolean }> };
    expect(Object.values(lock.packages).filter((entry) => entry.resolved && !entry.link)).toEqual([]);
  });
});

/** Dependencies outside the workspace whose version is not exact. */
function loose(manifest: Manifest): string[] {
  const all = { ...manifest.dependencies, ...manifest.devDependencies };
  return Object.entries(all).filter(([name, version]) => !name.startsWith('@visavis/') && !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)).map(([name, version]) => `${name}@${version}`);
}
