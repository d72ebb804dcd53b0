import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listSourceFolders } from './dev.ts';

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'dev-'));
  const add = (folder: string, dependencies: Record<string, string>) => {
    mkdirSync(join(root, folder, 'src'), { recursive: true });
    writeFileSync(join(root, folder, 'package.json'), JSON.stringify({ dependencies }));
  };
  add('apps/shop', { '@trafficflux/kit': 'workspace:*', fastify: 'catalog:' });
  add('packages/kit', { '@trafficflux/metrics': 'workspace:*' });
  add('packages/metrics', { '@trafficflux/kit': 'workspace:*' });
  add('packages/unused', {});
});

afterAll(() => rmSync(root, { recursive: true }));

it('watches a service and the packages that it imports, also through others, each once', () => {
  expect(listSourceFolders(root, 'shop').sort()).toEqual(
    ['apps/shop', 'packages/kit', 'packages/metrics'].map((folder) => join(root, folder, 'src')),
  );
});
