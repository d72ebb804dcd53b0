/** Headers and body of a scenario's request: its own options over the headers that stand for all of a user's. */
import { encodeMultipart } from '../http/index.ts';
import type { RequestOptions } from './user.ts';

export interface RequestContent {
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/** Throws a TypeError for several bodies at once, and for a form that cannot be encoded. */
export function toContent(
  standing: Readonly<Record<string, string>>,
  options: RequestOptions,
): RequestContent {
  const { json, body, multipart } = options;
  if ([json, body, multipart].filter((each) => each !== undefined).length > 1)
    throw new TypeError('expected one of json, body and multipart, got several');
  const headers = mergeHeaders(standing, options.headers ?? {});
  if (multipart !== undefined) {
    const form = encodeMultipart(multipart);
    // Without our boundary no server could read it, whatever type was set by hand.
    return {
      headers: { ...without(headers, 'content-type'), 'Content-Type': form.contentType },
      body: form.body,
    };
  }
  if (json === undefined) return body === undefined ? { headers } : { headers, body };
  if (!has(headers, 'content-type')) headers['Content-Type'] = 'application/json';
  return { headers, body: JSON.stringify(json) };
}

function mergeHeaders(
  standing: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const names = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const kept = Object.entries(standing).filter(([name]) => !names.has(name.toLowerCase()));
  return Object.assign(Object.fromEntries(kept), own);
}

function has(headers: Readonly<Record<string, string>>, wanted: string): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === wanted);
}

function without(headers: Readonly<Record<string, string>>, unwanted: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== unwanted));
}
