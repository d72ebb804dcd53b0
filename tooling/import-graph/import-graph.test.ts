import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkImportGraph } from './check.ts';
import { checkPlanted, documentWith, withPlanted } from './planted.ts';

const main = 'apps/books-api/src/main.ts';
const sound = "import { guard } from '@trafficflux/auth';\nimport './books/routes.ts';\n";

describe('the real tree', () => {
  it('keeps every rule, and is what docs/architecture.md draws', () => {
    const report = checkImportGraph(resolve(import.meta.dirname, '../..'));
    expect(report.violations).toEqual([]);
    expect(report.rooms).toBeGreaterThan(5);
    expect(report.imports).toBeGreaterThan(report.files);
  });
});

describe('a planted workspace', () => {
  it('passes while nothing forbidden is in it', () => {
    expect(checkPlanted()).toEqual([]);
  });

  const forbidden: readonly [fact: string, path: string, content: string, line: number, sentence: RegExp][] =
    [
      [
        'an app that imports an app',
        main,
        `${sound}import '@trafficflux/platform';`,
        3,
        /apps never import apps/,
      ],
      [
        'an app that imports an app by a path',
        main,
        `${sound}import '../../platform/src/main.ts';`,
        3,
        /apps never import apps/,
      ],
      [
        'a package that imports an app',
        'packages/kit/src/index.ts',
        "import '@trafficflux/books-api';",
        1,
        /nothing imports an app/,
      ],
      [
        'an edge that the graph lacks',
        main,
        `${sound}import '@trafficflux/kit';`,
        3,
        /no edge books-api --> kit/,
      ],
      [
        'Fastify in load-engine',
        'packages/load-engine/src/index.ts',
        "import fastify from 'fastify';",
        1,
        /without Fastify/,
      ],
      [
        'a plugin of Fastify in metrics',
        'packages/metrics/src/index.ts',
        "import '@fastify/helmet';",
        1,
        /without Fastify/,
      ],
      [
        'Fastify in load-engine by way of another package',
        'packages/load-engine/src/index.ts',
        "import '@trafficflux/auth';",
        1,
        /imports auth, which brings Fastify/,
      ],
      [
        'a module of Node in realtime-client',
        'packages/realtime-client/src/client.ts',
        "import 'node:events';",
        1,
        /no modules of Node/,
      ],
      [
        'a module of Node without its prefix in realtime-client',
        'packages/realtime-client/src/client.ts',
        "import 'events';",
        1,
        /no modules of Node/,
      ],
      [
        'a repository that imports its service',
        'apps/books-api/src/books/repository.ts',
        "export * from '@trafficflux/metrics';\nimport { list } from './service.ts';",
        2,
        /a repository imports .*service\.ts: .*never back/,
      ],
      [
        'a repository that imports its service without saying .ts',
        'apps/books-api/src/books/repository.ts',
        "export * from '@trafficflux/metrics';\nimport './service.js';",
        2,
        /a repository imports/,
      ],
      [
        'a part of a repository that imports a part of its service',
        'apps/books-api/src/books/repository-lists.ts',
        "import './service-cached.ts';",
        1,
        /a repository imports/,
      ],
      [
        'a service that imports a type of its routes',
        'apps/books-api/src/books/service.ts',
        "import type { Route } from './routes.ts';",
        1,
        /a service imports .*routes\.ts/,
      ],
      [
        'a repository that imports the routes of another feature',
        'apps/books-api/src/books/repository.ts',
        "export * from '@trafficflux/metrics';\nimport '../authors/routes.ts';",
        2,
        /a repository imports/,
      ],
      [
        'an import past the exports of a package',
        main,
        `${sound}import '@trafficflux/auth/src/secret.ts';`,
        3,
        /past the exports of @trafficflux\/auth/,
      ],
      [
        'a path into another package',
        main,
        `${sound}import '../../../packages/auth/src/secret.ts';`,
        3,
        /reaches into packages\/auth/,
      ],
      ['a path out of every package', main, `${sound}import '../../../stray.ts';`, 3, /lies in no package/],
      ['an alias', main, `${sound}import '#kit';`, 3, /an alias hides/],
      [
        'tooling in the source of an app',
        main,
        `${sound}import '@trafficflux/tooling';`,
        3,
        /apps and packages import packages only/,
      ],
      [
        'a package of the workspace that package.json does not declare',
        'packages/kit/src/index.ts',
        "import '@trafficflux/metrics';",
        1,
        /packages\/kit\/package\.json does not declare/,
      ],
      ['a library that package.json does not declare', main, `${sound}import 'pg';`, 3, /imports pg, which/],
      [
        'a library that a service has for development only',
        main,
        `${sound}import '@trafficflux/tooling';`,
        3,
        /under devDependencies only/,
      ],
      [
        'an import cycle inside a package',
        'packages/auth/src/secret.ts',
        "import './index.ts';\nimport './secret.ts';",
        2,
        /import cycle: packages\/auth\/src\/secret\.ts → packages\/auth\/src\/secret\.ts/,
      ],
      [
        'process.env outside config.ts',
        main,
        `${sound}\nconsole.log(process.env.PORT);`,
        4,
        /only config\.ts/,
      ],
      [
        "process['env'] outside config.ts",
        main,
        `${sound}\nconsole.log(process['env']);`,
        4,
        /only config\.ts/,
      ],
      ['env taken out of process', main, `${sound}\nconst { env } = process;`, 4, /only config\.ts/],
      [
        'env imported from node:process',
        main,
        `${sound}import { env } from 'node:process';`,
        3,
        /only config\.ts/,
      ],
      ['globalThis.process.env', main, `${sound}globalThis.process.env;`, 3, /only config\.ts/],
      ['a file that cannot be parsed', main, `${sound}import {`, 1, /cannot be parsed/],
    ];
  it.each(forbidden)('refuses %s', (_fact, path, content, line, sentence) => {
    expect(checkPlanted({ [path]: content })).toContainEqual({
      file: path,
      line,
      sentence: expect.stringMatching(sentence),
    });
  });

  const forms = [
    "import type { Main } from '@trafficflux/platform';",
    "import { type Main } from '@trafficflux/platform';",
    "export { main } from '@trafficflux/platform';",
    "export * from '@trafficflux/platform';",
    "type Main = import('@trafficflux/platform').Main;",
    "import main = require('@trafficflux/platform');",
    "await import('@trafficflux/platform');",
    'await import(`@trafficflux/platform`);',
    "require('@trafficflux/platform');",
    "require.resolve('@trafficflux/platform');",
    "import.meta.resolve('@trafficflux/platform');",
  ];
  it.each(forms)('sees through the form: %s', (form) => {
    expect(checkPlanted({ [main]: `${sound}${form}` })).toContainEqual({
      file: main,
      line: 3,
      sentence: expect.stringMatching(/apps never import apps/),
    });
  });

  it('names both ways of a cycle of two files', () => {
    const violations = checkPlanted({
      'packages/kit/src/index.ts': "import './other.ts';",
      'packages/kit/src/other.ts': "import './index.ts';",
    });
    expect(violations).toEqual([
      {
        file: 'packages/kit/src/other.ts',
        line: 1,
        sentence:
          'closes an import cycle: packages/kit/src/index.ts → packages/kit/src/other.ts → packages/kit/src/index.ts',
      },
    ]);
  });

  it('lets two files of a package know types of each other', () => {
    const violations = checkPlanted({
      'packages/kit/src/index.ts': "import type { Other } from './other.ts';",
      'packages/kit/src/other.ts': "import './index.ts';",
    });
    expect(violations).toEqual([]);
  });
});

describe('a planted graph', () => {
  const changed: readonly [
    fact: string,
    change: (lines: readonly string[]) => readonly string[],
    sentence: RegExp,
  ][] = [
    [
      'an edge that no import uses',
      (lines) => [...lines, 'kit --> metrics'],
      /kit --> metrics, which no import uses/,
    ],
    [
      'a package that it leaves out',
      (lines) => lines.map((line) => line.replace('load-engine & ', '')),
      /does not show load-engine/,
    ],
    ['a package that nobody has', (lines) => [...lines, 'ghost'], /shows ghost, which is no package/],
    ['a line that it cannot read', (lines) => [...lines, 'auth ~~> kit'], /cannot read: auth ~~> kit/],
    [
      'an edge drawn for tests that source uses',
      (lines) => lines.map((line) => line.replace('auth --> kit', 'auth -.-> kit')),
      /which the graph allows to tests only/,
    ],
    [
      'an edge drawn for source that only tests use',
      (lines) => lines.map((line) => line.replace('-.->', '-->')),
      /must draw it dotted \(books-api -\.-> tooling\)/,
    ],
    [
      'a service that the platform does not name',
      (lines) => [...lines, 'platform ==> platform'],
      /no source of platform/,
    ],
    [
      'a start by another than the platform',
      (lines) => [...lines, 'auth ==> books-api'],
      /only platform starts/,
    ],
  ];
  it.each(changed)('refuses %s', (_fact, change, sentence) => {
    const violations = checkPlanted({ 'docs/architecture.md': documentWith(change) });
    expect(violations.map((violation) => violation.sentence)).toContainEqual(expect.stringMatching(sentence));
  });
});

describe('the command', () => {
  it('ends with 1, and with file, line and reason on stderr, when something forbidden is planted', () => {
    const result = runCommand({ [main]: `${sound}import '@trafficflux/platform';` });
    expect(result.stderr).toContain(`${main}:3: imports the app platform: apps never import apps`);
    expect(result.status).toBe(1);
  });

  it('ends with 0 when nothing is', () => {
    expect(runCommand({})).toMatchObject({ status: 0, stderr: '' });
  });
});

function runCommand(changes: Readonly<Record<string, string>>) {
  const command = join(import.meta.dirname, 'main.ts');
  return withPlanted(changes, (root) => spawnSync(process.execPath, [command, root], { encoding: 'utf8' }));
}
