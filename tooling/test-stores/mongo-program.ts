// The program that is MongoDB for the tests: `mongod` where it is on PATH, else our mongo-server, which needs Go.
import { buildMongoServer, findMongoServer, hasSuitableGo } from '../mongo-server/build.ts';
import { findProgram } from './find-program.ts';

export interface MongoProgram {
  readonly name: 'mongod' | 'mongo-server';
  readonly path: string;
}

/** Finds the program, and builds it where that is still to do; null where the machine has none and cannot build one. */
export async function findMongoProgram(log?: (line: string) => void): Promise<MongoProgram | null> {
  const mongod = findProgram('mongod');
  if (mongod) return { name: 'mongod', path: mongod };
  if (!canRunMongo()) return null;
  return { name: 'mongo-server', path: await buildMongoServer(log) };
}

/** Says whether this machine can run a MongoDB for the tests, without building anything. */
export function canRunMongo(): boolean {
  return findProgram('mongod') !== null || findMongoServer() !== null || hasSuitableGo();
}
