// A process that starts PostgreSQL and stays, so that a test can kill it. Prints the server's process id.
import { startEmbeddedPostgres } from '../src/index.ts';

const [dataDir = ''] = process.argv.slice(2);
const postgres = await startEmbeddedPostgres({ dataDir });
process.stdout.write(`${postgres.pid}\n`);
setInterval(() => {}, 60_000);
