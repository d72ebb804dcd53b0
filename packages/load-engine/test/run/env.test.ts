import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runLoad } from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';

const ENGINE = new URL('../../src/index.ts', import.meta.url).href;

describe('env of a run', () => {
  it('is there for users in every thread, and for setup and teardown, and holds nothing else', async () => {
    const server = await startCountingServer();
    const scenario = join(await mkdtemp(join(tmpdir(), 'loadspiker-')), 'env.ts');
    await writeFile(
      scenario,
      `import { defineScenario } from '${ENGINE}';
      const path = (where: string, env: Readonly<Record<string, string>>) =>
        \`/\${where}/\${env.STAGE}/\${Object.keys(env).length}\`;
      export default defineScenario({
        name: 'env',
        setup: (run) => run.get(path('setup', run.env)).then(() => {}),
        tasks: [{ name: 't', run: (user) => user.get(path('user', user.env)) }],
        teardown: (run) => run.get(path('teardown', run.env)),
      });`,
    );
    const env = { STAGE: 'test', 'WITH=': 'a=b' };
    await runLoad({ scenario, host: server.url, users: 2, iterations: 4, workerThreads: 2, env });
    expect(server.counts).toEqual(
      new Map([
        ['GET /setup/test/2', 1],
        ['GET /user/test/2', 4],
        ['GET /teardown/test/2', 1],
      ]),
    );
  });

  it('holds texts only', async () => {
    const load = { url: 'http://127.0.0.1:9/', env: { A: 1 as never } };
    await expect(runLoad(load)).rejects.toThrow('expected env.A to be a text, got number');
  });
});
