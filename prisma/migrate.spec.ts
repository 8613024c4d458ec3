import { spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { migrate } from './migrate.ts';

const program = fileURLToPath(new URL('./migrate.ts', import.meta.url));

describe('a database that cannot be migrated', () => {
  it.each([
    ['postgres://u:geheim@127.0.0.1:1/x', /^The database at 127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\): .*\n$/],
    ['nonsense', /^DATABASE_OWNER_URL is not an address .*\n$/],
  ])('%s ends the program with one sentence', (DATABASE_OWNER_URL, sentence) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [program], { encoding: 'utf8', env: { ...process.env, DATABASE_OWNER_URL, ROLE_PASSWORD: 'geheim' } });
    expect(stderr).toMatch(sentence);
    expect(stderr + stdout).not.toContain('geheim');
    expect(status).toBe(1);
  });

  it('may be one that refuses the login', async () => {
    const fields = Buffer.from('SFATAL\0C28P01\0Mpassword authentication failed for user "u"\0\0');
    const head = Buffer.alloc(5, 'E');
    head.writeInt32BE(fields.length + 4, 1);
    const server = createServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end(Buffer.concat([head, fields]))));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await expect(migrate(`postgres://u:geheim@127.0.0.1:${port}/x`, 'geheim')).rejects.toThrow(
        `The database at 127.0.0.1:${port} refuses the owner (password authentication failed for user "u"): correct DATABASE_OWNER_URL.`,
      );
    } finally {
      server.close();
    }
  });
});
