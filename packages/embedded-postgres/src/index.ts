export { EmbeddedPostgresError } from './errors.ts';
export { removeEmbeddedPostgres } from './place.ts';
export { identifyProcess, isSameProcess } from './process-identity.ts';
export { findPostgresProgram } from './programs.ts';
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './start.ts';
