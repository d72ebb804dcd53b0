// What an error of the database means for whoever asked. It reads the errors of `pg`, and those that Prisma has
// wrapped: Prisma keeps the original's SQLSTATE, kind and constraint a few levels down.

/** SQLSTATEs that pass by themselves: connection lost, shutting down, cancelled by a time limit, out of resources. */
const PASSING_STATE =
  /^(?:08...|57P0[1-5]|57014|53...|25P0[34]|58...|XX000|P1001|P1002|P1008|P1017|P2024|P2028)$/;
const PASSING_NETWORK_CODE =
  /^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT)$/;
const PASSING_KIND =
  /^(?:DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections|TransactionWriteConflict)$/;
/** What `pg` says without a code. */
const PASSING_MESSAGE =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/;

/** Says whether the database is away or overloaded: the same request may succeed a moment later. */
export function isUnavailable(error: unknown): boolean {
  return layersOf(error).some(
    ({ code, kind, message }) =>
      (code !== undefined && (PASSING_STATE.test(code) || PASSING_NETWORK_CODE.test(code))) ||
      (kind !== undefined && PASSING_KIND.test(kind)) ||
      (message !== undefined && PASSING_MESSAGE.test(message)),
  );
}

/** Finds the name of the constraint that a statement broke, or null if it failed for another reason. */
export function findConstraint(error: unknown, kind: 'unique' | 'foreign-key'): string | null {
  const state = kind === 'unique' ? '23505' : '23503';
  const layer = layersOf(error).find(({ code, constraint }) => code === state && constraint !== undefined);
  return layer?.constraint ?? null;
}

/** One line for the log, without the statement and its values. */
export function describeDatabaseError(error: unknown): string {
  const layers = layersOf(error);
  const innermost = layers.at(-1);
  const code = layers.find((layer) => layer.code)?.code;
  const message = innermost?.message ?? innermost?.kind ?? String(error);
  return code ? `${code}: ${message}` : message;
}

interface Layer {
  code: string | undefined;
  kind: string | undefined;
  message: string | undefined;
  constraint: string | undefined;
}

/** The error and what it wraps, outermost first. */
function layersOf(error: unknown): Layer[] {
  const layers: Layer[] = [];
  let current = error;
  // Four levels hold all that Prisma wraps; the limit guards against an error that is its own cause.
  for (let depth = 0; depth < 6 && isRecord(current); depth++) {
    layers.push(toLayer(current));
    current = wrappedBy(current);
  }
  return layers;
}

function wrappedBy(error: Record<string, unknown>): unknown {
  if (isRecord(error.meta) && isRecord(error.meta.driverAdapterError))
    return error.meta.driverAdapterError.cause;
  if (Array.isArray(error.errors)) return error.errors[0];
  return error.cause;
}

function toLayer(error: Record<string, unknown>): Layer {
  const constraint = isRecord(error.constraint) ? error.constraint.index : error.constraint;
  return {
    code: text(error.originalCode) ?? text(error.code),
    kind: text(error.kind),
    message: text(error.originalMessage) ?? text(error.message),
    constraint: text(constraint),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
