// A small workspace in a temporary folder that keeps every rule, into which a test plants what it wants to see refused.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkImportGraph } from './check.ts';
import type { Violation } from './types.ts';

const graph = [
  'flowchart TD',
  'subgraph apps',
  'platform & books-api',
  'end',
  'platform ==>|starts| books-api',
  'books-api --> auth & metrics',
  'books-api -.-> tooling',
  'auth --> kit',
  'load-engine & realtime-client',
];

const soundTree: Readonly<Record<string, string>> = {
  'pnpm-workspace.yaml': 'packages:\n  - apps/*\n  - packages/*\n  - tooling\n',
  'package.json': manifest('root', {}, { vitest: '1' }),
  'docs/architecture.md': document(graph),
  'apps/platform/package.json': manifest('platform'),
  'apps/platform/src/main.ts': "export const services = ['books-api'];",
  'apps/books-api/package.json': manifest(
    'books-api',
    { '@trafficflux/auth': 'workspace:*', '@trafficflux/metrics': 'workspace:*' },
    { '@trafficflux/tooling': 'workspace:*' },
  ),
  'apps/books-api/src/main.ts':
    "import { guard } from '@trafficflux/auth';\nimport './books/routes.ts';\nguard();",
  'apps/books-api/src/main.test.ts': "import 'vitest';\nimport '@trafficflux/tooling';",
  'apps/books-api/src/config.ts': 'export const port = process.env.PORT;',
  'apps/books-api/src/books/routes.ts': "import type { Service } from './service.ts';",
  'apps/books-api/src/books/service.ts': "export type Service = import('./repository.ts').Repository;",
  'apps/books-api/src/books/repository.ts': "export * from '@trafficflux/metrics';",
  'packages/auth/package.json': manifest('auth', { fastify: '5', '@trafficflux/kit': 'workspace:*' }),
  'packages/auth/src/index.ts': "import 'fastify';\nimport '@trafficflux/kit';",
  'packages/auth/src/secret.ts': 'export const secret = 1;',
  'packages/kit/package.json': manifest('kit'),
  'packages/kit/src/index.ts': 'export const kit = 1;',
  'packages/metrics/package.json': manifest('metrics'),
  'packages/metrics/src/index.ts': 'export const metrics = 1;',
  'packages/load-engine/package.json': manifest('load-engine', {
    fastify: '5',
    '@trafficflux/auth': 'workspace:*',
  }),
  'packages/load-engine/src/index.ts': "import 'node:net';",
  'packages/realtime-client/package.json': manifest('realtime-client'),
  'packages/realtime-client/src/client.ts': 'export const client = 1;',
  'packages/realtime-client/src/client-node.ts': "import 'node:events';",
  'tooling/package.json': manifest('tooling'),
  'tooling/index.ts': 'export const tool = 1;',
};

/** What the check says about the sound workspace once `changes` (path → content) are planted in it. */
export function checkPlanted(changes: Readonly<Record<string, string>> = {}): readonly Violation[] {
  return withPlanted(changes, (root) => checkImportGraph(root).violations);
}

/** Lends the folder of such a workspace to `use`, and removes it afterwards. */
export function withPlanted<Result>(
  changes: Readonly<Record<string, string>>,
  use: (root: string) => Result,
): Result {
  const root = mkdtempSync(join(tmpdir(), 'import-graph-'));
  try {
    for (const [path, content] of Object.entries({ ...soundTree, ...changes })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    return use(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The sound workspace's document with other lines in its graph. */
export function documentWith(change: (lines: readonly string[]) => readonly string[]): string {
  return document(change(graph));
}

function document(lines: readonly string[]): string {
  return ['# Architecture', '```mermaid', ...lines, '```', 'Prose --> not a graph.'].join('\n');
}

function manifest(name: string, dependencies = {}, devDependencies = {}): string {
  const exports = { '.': './src/index.ts' };
  return JSON.stringify({ name: `@trafficflux/${name}`, exports, dependencies, devDependencies });
}
