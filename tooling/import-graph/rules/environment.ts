// The environment is read in one place per room, where it is validated.
import type { Project, Violation } from '../types.ts';

export function checkEnvironment({ files }: Project): Violation[] {
  return files
    .filter(({ room, isTest, path }) => room.kind !== 'side' && !isTest && !path.endsWith('/config.ts'))
    .flatMap((file) =>
      file.environmentReads.map((line) => ({
        file: file.path,
        line,
        sentence:
          'reads process.env: only config.ts does, so that every variable is validated once and documented.',
      })),
    );
}
