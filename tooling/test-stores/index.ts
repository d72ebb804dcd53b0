export { findChromium } from './find-browser.ts';
export { findFreePort } from './find-free-port.ts';
export { hasPythonModule, PYTHON_WEBSOCKETS } from './find-python.ts';
export { whileAway, whileStalled } from './outages.ts';
export { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
export { createTestDatabase, type TestDatabase } from './test-database.ts';
export {
  createTestMongo,
  describeOnMongo,
  describeOnOwnMongo,
  type OwnMongo,
  startOwnMongo,
  type TestMongo,
} from './test-mongo.ts';
export {
  createTestRedis,
  describeOnOwnRedis,
  describeOnRedis,
  type OwnRedis,
  startOwnRedis,
  type TestRedis,
} from './test-redis.ts';
export { TEST_SECRET } from './test-secret.ts';
