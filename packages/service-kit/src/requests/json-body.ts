/** Strict JSON bodies: UTF-8 only, no byte-order mark, no poisoned prototypes, no endless nesting. */
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { KitErrors } from '../errors/sentences.ts';
import { isJsonContentType } from './content-type.ts';
import { isDeeperThan } from './json-depth.ts';

const MAX_DEPTH = 100;

/** Makes `application/json` the only content type that the app reads; every other body is answered 415. */
export function addJsonBodies(app: FastifyInstance, kitErrors: KitErrors): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const refusal = findRefusal(request, body, kitErrors);
    if (refusal !== undefined) done(refusal);
    // Clients set the type on every request: a DELETE without a body is no malformed JSON.
    else if (body.length === 0 && request.method === 'DELETE') done(null, undefined);
    else parseJson(request, body.toString('utf8'), done);
  });
}

function findRefusal(request: FastifyRequest, body: Buffer, kitErrors: KitErrors): Error | undefined {
  const { 'content-type': contentType, 'content-encoding': encoding } = request.headers;
  if (!isJsonContentType(contentType)) return kitErrors('UNSUPPORTED_MEDIA_TYPE');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    return kitErrors('UNSUPPORTED_MEDIA_TYPE');
  if (!isUtf8(body) || hasByteOrderMark(body) || isDeeperThan(body, MAX_DEPTH))
    return kitErrors('INVALID_JSON');
  return undefined;
}

/** RFC 8259 §8.1 forbids it, and the parser below would silently drop it. */
function hasByteOrderMark(body: Buffer): boolean {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
}
