// `npm run bench -- NAME`: runs bench/NAME/main.ts.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { Problem } from '../problem.ts';
import { runFile } from '../processes.ts';

export async function bench(context: Context, [name, ...args]: readonly string[]): Promise<number> {
  const folder = join(context.root, 'bench');
  const names = readdirSync(folder).filter((each) => existsSync(join(folder, each, 'main.ts')));
  if (name === undefined || !names.includes(name)) {
    const message = `Say which benchmark: npm run bench -- NAME. There is: ${names.join(', ')}.`;
    throw new Problem('unknown-name', message, { exitCode: 2 });
  }
  return await runFile(join(folder, name, 'main.ts'), args, {
    cwd: context.root,
    environment: context.environment,
    ending: context.ending,
  });
}
