// `node tooling/mongo-server/main.ts`: makes sure that the tests have a MongoDB to start, or says why there is none.
import { canRunMongo, findMongoProgram } from '../test-stores/mongo-program.ts';
import { wantedGo } from './build.ts';

if (canRunMongo()) {
  console.log((await findMongoProgram(console.log))?.path);
} else {
  console.log(
    `Neither mongod nor Go ${wantedGo().join('.')} or newer is on the PATH: tests that need a MongoDB are skipped, by name, without MONGO_TEST_URL.`,
  );
}
