/** Where a list of seeds stopped: the next series of the same list, at the same commit, goes on there. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ChaosArguments } from '../arguments.ts';
import type { SeedResult } from './seed.ts';

export interface Progress {
  /** Of seeds that ended without a violation. */
  readonly done: readonly SeedResult[];
  add(result: SeedResult): void;
  /** The list is through. */
  finish(): void;
}

/** Keeps its file in `folder`. A seed with a violation runs again. */
export function openProgress(
  folder: string,
  sha: string,
  { seeds, queue, isFresh }: ChaosArguments,
): Progress {
  const key = createHash('sha256')
    .update(JSON.stringify([sha, queue, seeds]))
    .digest('hex')
    .slice(0, 16);
  const file = join(folder, `${key}.json`);
  const done: SeedResult[] = isFresh ? [] : read(file);
  return {
    done,
    add(result) {
      if (result.violations.length > 0) return;
      done.push(result);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(done));
    },
    finish: () => rmSync(file, { force: true }),
  };
}

function read(file: string): SeedResult[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // There is none, or the harness was killed while it wrote it: from the beginning, then.
    return [];
  }
}
