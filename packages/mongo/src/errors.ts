// What an error of MongoDB, its driver or mongoose means for whoever asked.
import { mongo } from 'mongoose';

/** Codes of a server that shuts down, changes its role, or ran out of time: the same may succeed a moment later. */
const PASSING_CODES = new Set([
  6, 7, 50, 89, 91, 189, 262, 358, 9001, 10058, 10107, 11600, 11602, 13388, 13435, 13436,
]);
/** Node's own codes: the driver lets errors through as they are when it writes to a connection that was just lost. */
const PASSING_NETWORK_CODE =
  /^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_STREAM_DESTROYED|ERR_STREAM_WRITE_AFTER_END)$/;
const PASSING_NAMES =
  /^(?:Mongo(?:ose)?ServerSelectionError|MongoNetwork(?:Timeout)?Error|MongoPool\w+Error|PoolClearedOnNetworkError|MongoWaitQueueTimeoutError|MongoTopologyClosedError|MongoServerClosedError|MongoNotConnectedError|MongoClientClosedError|MongoOperationTimeoutError|MongoSilenceError)$/;
/** What mongoose says, without a class of its own, of an operation before the first connection, or after `close`. */
const PASSING_MESSAGE =
  /buffering timed out|before initial connection|Connection (?:was force closed|operation buffering timed out)/;
const DUPLICATE_KEY_CODES = new Set([11000, 11001]);

/** Says whether MongoDB is away or overloaded: the same operation may succeed a moment later. */
export function isMongoUnavailable(error: unknown): boolean {
  return layersOf(error).some(
    (layer) =>
      layer instanceof mongo.MongoNetworkError ||
      PASSING_NAMES.test(layer.name) ||
      PASSING_MESSAGE.test(layer.message) ||
      hasPassingCode(layer),
  );
}

function hasPassingCode(error: Error & { readonly code?: unknown }): boolean {
  if (error instanceof mongo.MongoServerError) return PASSING_CODES.has(Number(error.code));
  return typeof error.code === 'string' && PASSING_NETWORK_CODE.test(error.code);
}

/** Says whether a write broke a unique index. */
export function isDuplicateKey(error: unknown): boolean {
  return layersOf(error).some(
    (layer) => layer instanceof mongo.MongoServerError && DUPLICATE_KEY_CODES.has(Number(layer.code)),
  );
}

/** One line for the log. A broken index is named without the values that broke it. */
export function describeMongoError(error: unknown): string {
  if (isDuplicateKey(error)) return 'E11000: duplicate key';
  const innermost = layersOf(error).at(-1);
  return innermost ? `${innermost.name}: ${innermost.message}` : String(error);
}

/** The error and what it wraps, outermost first. */
function layersOf(error: unknown): Error[] {
  const layers: Error[] = [];
  let current = error;
  // The limit guards against an error that is its own cause.
  for (let depth = 0; depth < 6 && current instanceof Error; depth++) {
    layers.push(current);
    current = current.cause ?? wrappedByBulk(current);
  }
  return layers;
}

/** A write of many documents that the connection broke keeps what broke it as the answer of the server. */
function wrappedByBulk(error: Error): unknown {
  return error instanceof mongo.MongoBulkWriteError ? error.errorResponse : undefined;
}
