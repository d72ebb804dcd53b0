// What `npm run accounts` runs: the other service's command.
import { argv, env } from 'node:process';

console.log(`accounts ${argv.slice(2).join(' ')} in ${env.FIRST_URL?.replace(/:[^:@]*@/, ':***@')}`);
