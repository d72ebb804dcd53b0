// `npm run compose:proof`: runs tooling/compose-proof, which cleans up behind itself also when it is interrupted.
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { runFile } from '../processes.ts';

export async function proveCompose({ root, environment, ending }: Context): Promise<number> {
  const file = join(root, 'tooling', 'compose-proof', 'main.ts');
  return await runFile(file, [], { cwd: root, environment, ending });
}
