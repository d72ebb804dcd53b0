export { EmbeddedPostgresError } from './errors.ts';
export { identifyProcess, isSameProcess } from './process-identity.ts';
export { findPostgresProgram } from './programs.ts';
export {
  createDatabase,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from './start.ts';
