// Books in PostgreSQL: what goes through Prisma. The hot reads stand in `hot-reads.ts`.
import { findConstraint } from '@trafficflux/postgres';
import type { Prisma, PrismaClient } from '../../generated/prisma/client.ts';
import type { BookPatch, NewBook } from './fields.ts';

export type CreateOutcome = 'created' | 'taken' | 'unknown-author' | 'unknown-user';
export type UpdateOutcome = 'updated' | 'unknown-book' | 'unknown-author';
export type DeleteOutcome = 'deleted' | 'unknown-book' | 'not-owner';

export interface BookRepository {
  create(book: NewBook, userId: number): Promise<CreateOutcome>;
  update(id: number, patch: BookPatch): Promise<UpdateOutcome>;
  delete(id: number, userId: number): Promise<DeleteOutcome>;
}

type Transaction = Prisma.TransactionClient;

/** A genre may be deleted, by hand, between finding and linking it; more than twice in a row is no accident. */
const MAX_ATTEMPTS = 3;

export function createBookRepository(prisma: PrismaClient): BookRepository {
  return {
    async create(book, userId) {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const outcome = (await insertBook(prisma, book, userId)) ?? (await findObstacle(prisma, book));
        if (outcome) return outcome;
        await addGenres(prisma, book.genres);
      }
      throw new Error(`The genres of book ${book.id} could not be linked.`);
    },

    async update(id, patch) {
      try {
        return await prisma.$transaction((transaction) => updateBook(transaction, id, patch));
      } catch (error) {
        // The author was deleted since we looked.
        if (findConstraint(error, 'foreign-key') === 'books_author_id_fkey') return 'unknown-author';
        throw error;
      }
    },

    async delete(id, userId) {
      const { count } = await prisma.book.deleteMany({ where: { id, createdById: userId } });
      if (count > 0) return 'deleted';
      const book = await prisma.book.findUnique({ where: { id }, select: { id: true } });
      return book ? 'not-owner' : 'unknown-book';
    },
  };
}

/**
 * One statement for what a load test does most: it inserts the book and links its genres, if the author and all of
 * the genres exist and the id is free. Null: one of these is not so, and nothing was written.
 */
async function insertBook(
  prisma: PrismaClient,
  { id, title, authorId, isbn, publishedYear, genres }: NewBook,
  userId: number,
): Promise<CreateOutcome | null> {
  try {
    const rows = await prisma.$queryRaw<{ id: number }[]>`
      WITH book AS (
        INSERT INTO books (id, title, author_id, isbn, published_year, created_by_id)
        SELECT ${id}::int, ${title}, authors.id, ${isbn}, ${publishedYear}::int, ${userId}::int
        FROM authors
        WHERE authors.id = ${authorId}::int
          AND (SELECT count(*) FROM genres WHERE name = ANY(${genres}::text[])) = cardinality(${genres}::text[])
        ON CONFLICT (id) DO NOTHING
        RETURNING id
      ), linked AS (
        INSERT INTO book_genre (book_id, genre_id, position)
        SELECT book.id, genres.id, array_position(${genres}::text[], name::text) - 1
        FROM book, genres WHERE name = ANY(${genres}::text[])
      )
      SELECT id FROM book`;
    return rows.length > 0 ? 'created' : null;
  } catch (error) {
    // Something was deleted between our look and the end of the statement.
    const constraint = findConstraint(error, 'foreign-key');
    if (constraint === 'books_created_by_id_fkey') return 'unknown-user';
    if (constraint !== null) return null;
    throw error;
  }
}

/** Why a book could not be inserted; null if only genres are missing. */
async function findObstacle(prisma: PrismaClient, { id, authorId }: NewBook): Promise<CreateOutcome | null> {
  const [book, author] = await Promise.all([
    prisma.book.findUnique({ where: { id }, select: { id: true } }),
    prisma.author.findUnique({ where: { id: authorId }, select: { id: true } }),
  ]);
  if (book) return 'taken';
  return author ? null : 'unknown-author';
}

async function updateBook(
  transaction: Transaction,
  id: number,
  { genres, ...fields }: BookPatch,
): Promise<UpdateOutcome> {
  // The lock lets two updates of one book follow each other.
  const [book] = await transaction.$queryRaw<
    { id: number }[]
  >`SELECT id FROM books WHERE id = ${id}::int FOR UPDATE`;
  if (!book) return 'unknown-book';
  if (fields.authorId !== undefined && !(await hasAuthor(transaction, fields.authorId)))
    return 'unknown-author';
  if (Object.keys(fields).length > 0) await transaction.book.updateMany({ where: { id }, data: fields });
  if (genres) await replaceGenres(transaction, id, genres);
  return 'updated';
}

async function hasAuthor(transaction: Transaction, id: number): Promise<boolean> {
  return (await transaction.author.findUnique({ where: { id }, select: { id: true } })) !== null;
}

async function replaceGenres(
  transaction: Transaction,
  bookId: number,
  genres: readonly string[],
): Promise<void> {
  await addGenres(transaction, genres);
  await transaction.bookGenre.deleteMany({ where: { bookId } });
  await transaction.$executeRaw`
    INSERT INTO book_genre (book_id, genre_id, position)
    SELECT ${bookId}::int, g.id, (wanted.place - 1)::smallint
    FROM unnest(${genres}::text[]) WITH ORDINALITY AS wanted (name, place)
    JOIN genres g ON g.name = wanted.name`;
}

/** Adds the genres that do not exist. Whoever adds the same ones at the same time waits, and both find them. */
async function addGenres(prisma: PrismaClient | Transaction, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  // In one order for all: two requests that add the same genres cannot wait for each other in a circle.
  const data = names.toSorted().map((name) => ({ name }));
  await prisma.genre.createMany({ data, skipDuplicates: true });
}
