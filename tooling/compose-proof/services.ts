// The services that the proof uses. A new service adds one line here, and a smoke test beside this file.
import { smokeBooksApi } from './books-api.ts';

export interface ServiceProof {
  /** Its name in docker-compose.yml. */
  readonly name: string;
  readonly port: number;
  readonly promise: string;
  /** A path that is answered from the database, once the smoke test has run. */
  readonly stored: string;
  /** Uses the service as a client would; returns the secrets that it used, which no log may show. */
  readonly smoke: (url: string) => Promise<readonly string[]>;
}

export const services: readonly ServiceProof[] = [
  {
    name: 'books-api',
    port: 5000,
    promise: 'registers, logs in, keeps books, documents itself',
    stored: '/books/1',
    smoke: smokeBooksApi,
  },
];
