/** For routes that read no body: whatever comes with a request, of any type or of none, is read and thrown away. */
import type { FastifyInstance } from 'fastify';

/** Applies to the routes of this scope; a body over the limit is still answered 413. */
export function ignoreBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, undefined));
  // Else Fastify refuses a type that is none before it asks a parser.
  scope.addHook('onRequest', (request, _reply, done) => {
    delete request.headers['content-type'];
    done();
  });
}
