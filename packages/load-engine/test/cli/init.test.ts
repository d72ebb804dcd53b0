import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildInitCommand } from '../../src/cli/init.ts';
import { runLoad } from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';

async function init(...words: string[]): Promise<string> {
  let said = '';
  const command = buildInitCommand((text) => {
    said += text;
  });
  await command.parseAsync(words, { from: 'user' });
  return said;
}

it('init writes a scenario that runs, says how, and never writes over a file unasked', async () => {
  const server = await startCountingServer();
  const file = join(mkdtempSync(join(tmpdir(), 'loadspiker-')), 'first.mts');
  expect(await init(file, '--host', server.url)).toContain(
    `npx loadspiker run ${file} -u 10 -r 10 -t 30s -H ${server.url}`,
  );

  // As in the user's folder, where the package is installed.
  const engine = new URL('../../src/index.ts', import.meta.url).href;
  writeFileSync(file, readFileSync(file, 'utf8').replace('@trafficflux/load-engine', engine));
  const wait = { minMs: 0, maxMs: 0 };
  const summary = await runLoad({ scenario: file, host: server.url, users: 3, iterations: 60, wait });
  expect(summary.steps.map(({ name }) => name).sort()).toEqual(['GET /', 'GET /things/{id}']);
  expect(summary.total).toMatchObject({ requests: 60, failures: 0 });
  expect(summary.exceptions).toBe(0);

  await expect(init(file)).rejects.toThrow('it is there already; --force writes over it');
  expect(await init(file, '--force')).toContain('is written');
  expect(readFileSync(file, 'utf8')).toContain('@trafficflux/load-engine');
  await expect(init('notes.txt')).rejects.toThrow('expected a file name that ends in');
});
