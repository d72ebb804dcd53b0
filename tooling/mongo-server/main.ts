// `node tooling/mongo-server/main.ts`: builds the MongoDB-compatible server of the tests, or says why it cannot.
import { buildMongoServer, NoSuitableGoError } from './build.ts';

try {
  console.log(await buildMongoServer(console.log));
} catch (error) {
  if (!(error instanceof NoSuitableGoError)) throw error;
  console.log(`${error.message} Without it, and without MONGO_TEST_URL, the tests of MongoDB are skipped.`);
}
