// Removes what a load test left: the users whose names start with `locust_`, and the books they created.
import { toDatabaseSentence } from '@trafficflux/postgres';
import { createLogger, runCommand } from '@trafficflux/service-kit';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { loadDatabaseConfig } from './config.ts';
import { openDatabase } from './stores/database.ts';

/** Tens of thousands of books take seconds; a table that somebody has locked is not waited for without end. */
const STATEMENT_TIMEOUT_MS = 600_000;

await runCommand(async () => {
  const config = { ...loadDatabaseConfig(), statementTimeoutMs: STATEMENT_TIMEOUT_MS };
  const database = openDatabase(config, createLogger({ name: 'cleanup', level: 'silent' }));
  try {
    const { users, books } = await removeLoadTest(database.prisma);
    console.log(`Cleanup done: ${users} locust users, ${books} books removed.`);
  } finally {
    await database.close();
  }
}, toDatabaseSentence);

/** One transaction; authors and genres stay. `starts_with`, since the `_` of a LIKE stands for any character. */
async function removeLoadTest(prisma: PrismaClient): Promise<{ users: number; books: number }> {
  const [, books, users] = await prisma.$transaction([
    prisma.$executeRaw`DELETE FROM book_genre USING books, users
      WHERE book_id = books.id AND books.created_by_id = users.id AND starts_with(username, 'locust_')`,
    prisma.$executeRaw`DELETE FROM books USING users
      WHERE created_by_id = users.id AND starts_with(username, 'locust_')`,
    prisma.$executeRaw`DELETE FROM users WHERE starts_with(username, 'locust_')`,
  ]);
  return { users, books };
}
