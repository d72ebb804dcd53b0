// The HTTP answer to a refused handshake: its status, its Retry-After, and the hub's own sentence.
import type { IncomingMessage } from 'node:http';
import { readRetryAfter } from '../clock/retry-after.ts';
import { toFields } from '../messages/server-message.ts';
import type { End } from './socket.ts';

const LONGEST_BODY = 16 * 1024;
const LONGEST_WAIT_MS = 2_000;

export async function readRefusal(response: IncomingMessage): Promise<End> {
  const status = response.statusCode ?? 0;
  const text = await readText(response);
  return {
    kind: 'refused',
    status,
    message: findSentence(text) ?? `HTTP ${status} ${response.statusMessage ?? ''}`.trimEnd(),
    retryAfterMs: readRetryAfter(response.headers['retry-after']),
  };
}

/** What came of it: the status counts, whatever happens to the body. */
async function readText(response: IncomingMessage): Promise<string> {
  let text = '';
  const timer = setTimeout(() => response.destroy(), LONGEST_WAIT_MS);
  try {
    response.setEncoding('utf8');
    for await (const chunk of response) {
      text += chunk;
      if (text.length > LONGEST_BODY) break;
    }
  } catch {
    // Cut off.
  } finally {
    clearTimeout(timer);
  }
  return text;
}

function findSentence(text: string): string | null {
  try {
    const { code, message } = toFields(toFields(JSON.parse(text)).error);
    return typeof message === 'string' ? `${message} (${String(code)})` : null;
  } catch {
    return null;
  }
}
