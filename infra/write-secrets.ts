// Compose's one-shot service `secrets`: writes what services must keep secret as files, in a folder for each service,
// which it alone mounts. Random secrets are made once and stay; addresses follow the environment at every start.
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const {
  SECRETS_FOLDER,
  POSTGRES_PASSWORD,
  BOOKS_DATABASE_URL,
  CAMPAIGNS_DATABASE_URL,
  MONGO_URL,
  REDIS_URL,
} = process.env;
const folder = SECRETS_FOLDER || '/secrets';
const postgresPassword = POSTGRES_PASSWORD || 'password';

/** Our services run as the user who writes this; the images of stores have users of their own. */
const FOR_US = 0o400;
const FOR_A_STORE = 0o444;

makeOnce('books-api/secret-key');
write('books-api/database-url', BOOKS_DATABASE_URL || ownDatabase('my_project_db'));

makeOnce('mongodb/root-password', FOR_A_STORE);
const mongoPassword = makeOnce('mongodb/user-password', FOR_A_STORE);
const redisPassword = makeOnce('redis/password', FOR_A_STORE);
// Each command is on disk before it is answered: logins live here, and so does their end.
const redisConf = `requirepass ${redisPassword}\ndir /data\nsave ""\nappendonly yes\nappendfsync always\n`;
write('redis/redis.conf', redisConf, FOR_A_STORE);

makeOnce('session-runner/secret-key');
makeOnce('realtime-hub/jwt-secret');
const mongoUrl = MONGO_URL || `mongodb://trafficflux:${mongoPassword}@mongodb:27017/trafficflux_db`;
const redisUrl = REDIS_URL || `redis://:${redisPassword}@redis:6379`;
for (const service of ['session-runner', 'realtime-hub']) {
  write(`${service}/mongo-url`, mongoUrl);
  write(`${service}/redis-url`, redisUrl);
}

makeOnce('campaigns-api/secret-key');
for (const service of ['campaigns-api', 'load-worker']) {
  write(`${service}/database-url`, CAMPAIGNS_DATABASE_URL || ownDatabase('campaigns'));
  write(`${service}/redis-url`, redisUrl);
}

if (postgresPassword === 'password' && !(BOOKS_DATABASE_URL && CAMPAIGNS_DATABASE_URL)) {
  console.log(
    'PostgreSQL has the documented development password; outside development set POSTGRES_PASSWORD in .env.',
  );
}

function ownDatabase(name: string): string {
  return `postgresql://postgres:${encodeURIComponent(postgresPassword)}@postgres:5432/${name}`;
}

/** A random secret of 64 characters, all of them plain in URLs and configuration files. */
function makeOnce(name: string, mode = FOR_US): string {
  const path = `${folder}/${name}`;
  try {
    writeFileSync(path, randomBytes(48).toString('base64url'), { flag: 'wx', mode });
    console.log(`${path}: written`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    console.log(`${path}: kept`);
  }
  return readFileSync(path, 'utf8');
}

/** In one step: a service that starts meanwhile reads the old address or the new one, never half of one. */
function write(name: string, content: string, mode = FOR_US): void {
  const path = `${folder}/${name}`;
  writeFileSync(`${path}.new`, content, { mode });
  renameSync(`${path}.new`, path);
  console.log(`${path}: written`);
}
