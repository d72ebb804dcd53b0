export { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
export { createTestDatabase, type TestDatabase } from './test-database.ts';
export {
  createTestMongo,
  hasMongo,
  hasOwnMongo,
  type OwnMongo,
  startOwnMongo,
  type TestMongo,
} from './test-mongo.ts';
export {
  createTestRedis,
  hasOwnRedis,
  hasRedis,
  type OwnRedis,
  startOwnRedis,
  type TestRedis,
} from './test-redis.ts';
export { TEST_SECRET } from './test-secret.ts';
