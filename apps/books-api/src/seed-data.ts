// Books to begin with, of authors whose ids the load test and the examples of the documents use.
import type { Author } from './authors/fields.ts';

export interface SeedBook {
  readonly title: string;
  readonly authorId: number;
  readonly isbn: string;
  readonly publishedYear: number;
  readonly genres: readonly string[];
}

export const AUTHORS: readonly Author[] = [
  { id: 1, name: 'Robert C. Martin', bio: 'Writes on the craft of software.', country: 'United States' },
  {
    id: 2,
    name: 'Ursula K. Le Guin',
    bio: 'Author of Earthsea and of the Hainish novels.',
    country: 'United States',
  },
  {
    id: 3,
    name: 'Stanisław Lem',
    bio: 'Philosopher among the writers of science fiction.',
    country: 'Poland',
  },
  { id: 4, name: 'Jane Austen', bio: 'Six novels, none of them too long.', country: 'United Kingdom' },
  { id: 5, name: 'Gabriel García Márquez', bio: 'Nobel Prize in Literature, 1982.', country: 'Colombia' },
  { id: 6, name: 'Murasaki Shikibu', bio: null, country: 'Japan' },
];

/** Their ids are 1, 2, 3, … in this order. */
export const BOOKS: readonly SeedBook[] = [
  { title: 'Clean Code', authorId: 1, isbn: '978-0132350884', publishedYear: 2008, genres: ['Software'] },
  {
    title: 'Clean Architecture',
    authorId: 1,
    isbn: '978-0134494166',
    publishedYear: 2017,
    genres: ['Software'],
  },
  {
    title: 'The Left Hand of Darkness',
    authorId: 2,
    isbn: '978-0441478125',
    publishedYear: 1969,
    genres: ['Science fiction', 'Novel'],
  },
  {
    title: 'A Wizard of Earthsea',
    authorId: 2,
    isbn: '978-0547773742',
    publishedYear: 1968,
    genres: ['Fantasy', 'Novel'],
  },
  {
    title: 'The Dispossessed',
    authorId: 2,
    isbn: '978-0061054884',
    publishedYear: 1974,
    genres: ['Science fiction', 'Novel'],
  },
  {
    title: 'Solaris',
    authorId: 3,
    isbn: '978-0156027601',
    publishedYear: 1961,
    genres: ['Science fiction', 'Novel'],
  },
  {
    title: 'The Cyberiad',
    authorId: 3,
    isbn: '978-0156027595',
    publishedYear: 1965,
    genres: ['Science fiction', 'Stories'],
  },
  {
    title: 'Pride and Prejudice',
    authorId: 4,
    isbn: '978-0141439518',
    publishedYear: 1813,
    genres: ['Novel', 'Classic'],
  },
  { title: 'Emma', authorId: 4, isbn: '978-0141439587', publishedYear: 1815, genres: ['Novel', 'Classic'] },
  {
    title: 'Persuasion',
    authorId: 4,
    isbn: '978-0141439686',
    publishedYear: 1817,
    genres: ['Novel', 'Classic'],
  },
  {
    title: 'One Hundred Years of Solitude',
    authorId: 5,
    isbn: '978-0060883287',
    publishedYear: 1967,
    genres: ['Novel', 'Magical realism'],
  },
  {
    title: 'The Tale of Genji',
    authorId: 6,
    isbn: '978-0142437148',
    publishedYear: 1021,
    genres: ['Classic'],
  },
];
