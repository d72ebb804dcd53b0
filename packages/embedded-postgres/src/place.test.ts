import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { preparePlace } from './place.ts';
import { completeLinks } from './programs.ts';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from './start.ts';

let shelf: string;

beforeAll(() => {
  shelf = mkdtempSync(join(tmpdir(), 'embedded-postgres-'));
});
afterAll(() => rmSync(shelf, { recursive: true, force: true }));

describe.runIf(process.getuid?.() === 0)('as root', () => {
  it('runs the server as user 65534, who needs no entry in the list of users', async () => {
    chmodSync(shelf, 0o711);
    const dataDir = join(shelf, 'open');
    const postgres = await startEmbeddedPostgres({ dataDir });
    expect(statSync(`/proc/${postgres.pid}`).uid).toBe(65534);
    expect(statSync(join(dataDir, 'cluster/data')).uid).toBe(65534);
    await postgres.stop();
  });

  it('keeps the data where that user can reach it when the folder is closed to others, as /root is', async () => {
    const closed = join(shelf, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const dataDir = join(closed, 'data');
    const postgres = await startEmbeddedPostgres({ dataDir });
    const { folder } = preparePlace(dataDir);
    expect(folder).toMatch(/^\/var\/lib\/trafficflux\/data-[0-9a-f]{16}$/);
    await postgres.stop();
    await removeEmbeddedPostgres(dataDir);
    expect([existsSync(folder), existsSync(dataDir)]).toEqual([false, false]);
  });

  it('forgets such data of a temporary folder that is gone, at the next start that needs such a place', async () => {
    const [gone, kept] = ['gone', 'kept'].map((name) => join(shelf, name, 'data'));
    mkdirSync(join(shelf, 'gone'), { mode: 0o700 });
    mkdirSync(join(shelf, 'kept'), { mode: 0o700 });
    const abandoned = preparePlace(gone ?? '').folder;
    rmSync(join(shelf, 'gone'), { recursive: true });
    const { folder } = preparePlace(kept ?? '');
    expect([existsSync(abandoned), existsSync(folder)]).toEqual([false, true]);
    await removeEmbeddedPostgres(kept ?? '');
  });
});

describe('the links between the libraries', () => {
  it('are made where an install without scripts left them out', () => {
    const folder = join(shelf, 'package');
    mkdirSync(join(folder, 'native/lib'), { recursive: true });
    writeFileSync(join(folder, 'native/lib/libpq.so.5.18'), 'library');
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
    writeFileSync(join(folder, 'native/pg-symlinks.json'), JSON.stringify(links));
    completeLinks(folder);
    completeLinks(folder);
    expect(lstatSync(join(folder, 'native/lib/libpq.so.5')).isSymbolicLink()).toBe(true);
    cpSync(folder, `${folder}-moved`, { recursive: true, verbatimSymlinks: true });
    rmSync(folder, { recursive: true });
    expect(existsSync(join(`${folder}-moved`, 'native/lib/libpq.so.5'))).toBe(true);
  });
});
