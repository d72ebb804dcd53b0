// The tiny service's migration: it hangs, fails or says where it would migrate.
import { env } from 'node:process';

if (env.TINY_MIGRATION === 'hangs') {
  console.log('migrating');
  setInterval(() => {}, 60_000);
} else if (env.TINY_MIGRATION === 'fails') {
  console.error('the migration is broken');
  process.exitCode = 3;
} else {
  const urls = [env.DATABASE_URL, env.FIRST_URL, env.SECOND_URL].filter((url) => url !== undefined);
  for (const url of urls) console.log(`migrated ${url.replace(/:[^:@]*@/, ':***@')}`);
}
