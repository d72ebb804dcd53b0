// What `npm run seed` runs for the tiny service.
import { env } from 'node:process';

console.log(`seeded ${env.DATABASE_URL?.replace(/:[^:@]*@/, ':***@')}`);
