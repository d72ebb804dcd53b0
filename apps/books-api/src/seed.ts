// Fills the database with some authors and books. What is there already stays as it is.
import { toDatabaseSentence } from '@trafficflux/postgres';
import { createLogger, runCommand } from '@trafficflux/service-kit';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { loadDatabaseConfig } from './config.ts';
import { AUTHORS, BOOKS } from './seed-data.ts';
import { openDatabase } from './stores/database.ts';

await runCommand(async () => {
  const database = openDatabase(loadDatabaseConfig(), createLogger({ name: 'seed', level: 'silent' }));
  try {
    const { authors, books } = await seed(database.prisma);
    console.log(
      `Seed done: ${authors} of ${AUTHORS.length} authors and ${books} of ${BOOKS.length} books were new.`,
    );
  } finally {
    await database.close();
  }
}, toDatabaseSentence);

function seed(prisma: PrismaClient): Promise<{ authors: number; books: number }> {
  return prisma.$transaction(async (transaction) => {
    const authors = await transaction.author.createMany({ data: [...AUTHORS], skipDuplicates: true });
    const rows = BOOKS.map(({ genres: _, ...book }, index) => ({ id: index + 1, ...book }));
    const created = await transaction.book.createManyAndReturn({
      data: rows,
      skipDuplicates: true,
      select: { id: true },
    });
    const links = created.flatMap(({ id }) =>
      (BOOKS[id - 1]?.genres ?? []).map((genre, position) => ({ bookId: id, genre, position })),
    );
    const names = [...new Set(links.map(({ genre }) => genre))].sort();
    await transaction.genre.createMany({ data: names.map((name) => ({ name })), skipDuplicates: true });
    const genres = await transaction.genre.findMany({ where: { name: { in: names } } });
    const ids = new Map(genres.map(({ id, name }) => [name, id]));
    await transaction.bookGenre.createMany({
      data: links.map(({ genre, ...link }) => ({ ...link, genreId: ids.get(genre) ?? 0 })),
    });
    return { authors: authors.count, books: created.length };
  });
}
