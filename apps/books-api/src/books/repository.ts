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
        const outcome = await insertBook(prisma, book, userId);
        if (outcome !== 'unknown-genres') return outcome;
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

/** One statement for what a load test does most: it checks, inserts the book and links the genres that exist. */
async function insertBook(
  prisma: PrismaClient,
  { id, title, authorId, isbn, publishedYear, genres }: NewBook,
  userId: number,
): Promise<CreateOutcome | 'unknown-genres'> {
  try {
    const rows = await prisma.$queryRaw<{ outcome: CreateOutcome | 'unknown-genres' }[]>`
      WITH known AS (
        SELECT g.id, (wanted.place - 1)::smallint AS position
        FROM unnest(${genres}::text[]) WITH ORDINALITY AS wanted (name, place)
        JOIN genres g ON g.name = wanted.name
      ), checked AS (
        SELECT CASE
          WHEN EXISTS (SELECT FROM books WHERE id = ${id}::int) THEN 'taken'
          WHEN NOT EXISTS (SELECT FROM authors WHERE id = ${authorId}::int) THEN 'unknown-author'
          WHEN (SELECT count(*) FROM known) < cardinality(${genres}::text[]) THEN 'unknown-genres'
          ELSE 'created' END AS outcome
      ), book AS (
        INSERT INTO books (id, title, author_id, isbn, published_year, created_by_id)
        SELECT ${id}::int, ${title}, ${authorId}::int, ${isbn}, ${publishedYear}::int, ${userId}::int
        FROM checked WHERE outcome = 'created'
        ON CONFLICT (id) DO NOTHING
        RETURNING id
      ), linked AS (
        INSERT INTO book_genre (book_id, genre_id, position)
        SELECT book.id, known.id, known.position FROM book, known
      )
      SELECT CASE WHEN outcome = 'created' AND NOT EXISTS (SELECT FROM book) THEN 'taken' ELSE outcome END AS outcome
      FROM checked`;
    return rows[0]?.outcome ?? 'taken';
  } catch (error) {
    return toMissing(findConstraint(error, 'foreign-key')) ?? Promise.reject(error);
  }
}

/** What was deleted between our look and the end of the statement. */
function toMissing(constraint: string | null): CreateOutcome | 'unknown-genres' | undefined {
  if (constraint === 'books_author_id_fkey') return 'unknown-author';
  if (constraint === 'books_created_by_id_fkey') return 'unknown-user';
  if (constraint === 'book_genre_genre_id_fkey') return 'unknown-genres';
  return undefined;
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
