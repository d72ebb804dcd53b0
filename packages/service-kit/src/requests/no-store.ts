/** For answers that hold a secret or a person: no cache keeps them (ASVS 5.0, 14.3.2). */
import type { onRequestHookHandler } from 'fastify';

/** A route's hook: `app.post('/auth/login', { onRequest: noStore }, …)`. Its errors are not kept either. */
export const noStore: onRequestHookHandler = (_request, reply, done) => {
  reply.header('cache-control', 'no-store');
  done();
};
