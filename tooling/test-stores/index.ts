export { createTestDatabase, type TestDatabase } from './test-database.ts';
export { TEST_SECRET } from './test-secret.ts';
