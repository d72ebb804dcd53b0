// One MongoDB for all tests of a run: MONGO_TEST_URL names one that is there already; else one starts where a project of
// the run uses MongoDB, and ends with the run. Where there can be none, its tests are skipped by name.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMongoProcess } from './mongo-process.ts';
import { findMongoProgram, type MongoProgram } from './mongo-program.ts';

export interface RunsMongo {
  readonly url: string | null;
  /** Starts servers of their own for tests that end or freeze them. */
  readonly program: MongoProgram | null;
  stop(): Promise<void>;
}

const NONE: RunsMongo = { url: null, program: null, stop: async () => {} };

/** Says whether the project in this folder uses MongoDB at all: others need not wait for it. */
export function usesMongo(folder: string): boolean {
  const names = /"(?:mongoose|@trafficflux\/(?:accounts|mongo))": /;
  return names.test(readFileSync(join(folder, 'package.json'), 'utf8'));
}

export async function startRunsMongo(isNeeded: boolean): Promise<RunsMongo> {
  if (!isNeeded) return NONE;
  const program = await findMongoProgram(console.log).catch((error: Error) => {
    console.error(`MongoDB for the tests cannot be built, so its tests are skipped: ${error.message}`);
    return null;
  });
  const given = process.env.MONGO_TEST_URL;
  if (given) return { ...NONE, url: given, program };
  if (!program) return NONE;
  const dir = mkdtempSync(join(tmpdir(), 'trafficflux-mongo-'));
  const server = await startMongoProcess(program, dir);
  return {
    url: server.url,
    program,
    async stop() {
      await server.kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
