// Compose's one-shot service `secrets`: writes what a service must keep secret as files that only it can read.
// Random secrets are made once and stay; the database's address follows the environment at every start.
import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';

const folder = process.env.SECRETS_FOLDER ?? '/secrets';
const password = process.env.POSTGRES_PASSWORD || 'password';

writeOnce(`${folder}/books-api/secret-key`, randomBytes(48).toString('base64url'));
write(
  `${folder}/books-api/database-url`,
  process.env.BOOKS_DATABASE_URL ||
    `postgresql://postgres:${encodeURIComponent(password)}@postgres:5432/my_project_db`,
);
if (password === 'password' && !process.env.BOOKS_DATABASE_URL) {
  console.log(
    'PostgreSQL has the documented development password; outside development set POSTGRES_PASSWORD in .env.',
  );
}

function writeOnce(path: string, secret: string): void {
  try {
    writeFileSync(path, secret, { flag: 'wx', mode: 0o400 });
    console.log(`${path}: written`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    console.log(`${path}: kept`);
  }
}

/** In one step: a service that starts meanwhile reads the old address or the new one, never half of one. */
function write(path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: 0o400 });
  renameSync(`${path}.new`, path);
  console.log(`${path}: written`);
}
