export { createDatabase, createDatabases } from './databases.ts';
export { EmbeddedPostgresError } from './errors.ts';
export { identifyProcess, isSameProcess } from './process-identity.ts';
export { findPostgresProgram } from './programs.ts';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from './start.ts';
