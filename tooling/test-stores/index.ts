export { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
export { createTestDatabase, type TestDatabase } from './test-database.ts';
export {
  createTestRedis,
  hasOwnRedis,
  hasRedis,
  type OwnRedis,
  startOwnRedis,
  type TestRedis,
} from './test-redis.ts';
export { TEST_SECRET } from './test-secret.ts';
