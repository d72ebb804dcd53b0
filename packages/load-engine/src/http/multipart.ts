// Bodies of forms with files: multipart/form-data (RFC 7578), written as browsers write it (HTML standard,
// "multipart/form-data encoding algorithm").
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** A file of a form. */
export interface FormFile {
  /** Its bytes, or the name of a file, which every thread reads once. */
  readonly file: Uint8Array | string;
  /** What the server is told that it is called (default: the name of the file, or `blob`). */
  readonly filename?: string | undefined;
  /** Default `application/octet-stream`. */
  readonly contentType?: string | undefined;
}

export type FormValue = string | number | boolean | FormFile;

/** Fields by name, several of one name as a list; or pairs, where their order across names matters. */
export type FormFields =
  | Readonly<Record<string, FormValue | readonly FormValue[]>>
  | readonly (readonly [name: string, value: FormValue])[];

export interface EncodedForm {
  /** `multipart/form-data` with the boundary. */
  readonly contentType: string;
  readonly body: Buffer;
}

interface Part {
  readonly head: string;
  readonly content: Buffer;
}

const read = new Map<string, Buffer>();

/** Throws a TypeError for a value that no field can have, or that names a file which cannot be read. */
export function encodeMultipart(fields: FormFields): EncodedForm {
  const parts = listFields(fields).map(([name, value]) => toPart(name, value));
  const boundary = findBoundary(parts);
  const pieces = parts.flatMap(({ head, content }) => [
    Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`),
    content,
    CRLF,
  ]);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

const CRLF = Buffer.from('\r\n');

function listFields(fields: FormFields): [name: string, value: FormValue][] {
  const entries: readonly (readonly [string, FormValue | readonly FormValue[]])[] = Array.isArray(fields)
    ? fields
    : Object.entries(fields as Readonly<Record<string, FormValue | readonly FormValue[]>>);
  return entries.flatMap(([name, values]) =>
    [values].flat().map((value): [string, FormValue] => [name, value as FormValue]),
  );
}

function toPart(name: string, value: FormValue): Part {
  const head = `Content-Disposition: form-data; name="${escapeName(toCrlf(name))}"`;
  if (typeof value !== 'object' || value === null) {
    if (!['string', 'number', 'boolean'].includes(typeof value))
      throw new TypeError(`Expected the form field ${name} to be a text, number, boolean or file.`);
    return { head, content: Buffer.from(toCrlf(String(value)), 'utf8') };
  }
  const { file, contentType = 'application/octet-stream' } = value;
  if (/[\r\n]/.test(contentType))
    throw new TypeError(`Expected the content type of the form field ${name} to have no line breaks.`);
  const filename = value.filename ?? (typeof file === 'string' ? basename(file) : 'blob');
  return {
    head: `${head}; filename="${escapeName(filename)}"\r\nContent-Type: ${contentType}`,
    content: toBytes(name, file),
  };
}

function toBytes(name: string, file: Uint8Array | string): Buffer {
  if (file instanceof Uint8Array) return Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (typeof file !== 'string')
    throw new TypeError(`Expected the form field ${name} to hold bytes or the name of a file.`);
  const known = read.get(file) ?? readBytes(name, file);
  read.set(file, known);
  return known;
}

function readBytes(name: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new TypeError(`The file ${file} of the form field ${name} cannot be read (${code}).`, { cause });
  }
}

function toCrlf(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n');
}

/** Not as RFC 2183 would: this is what servers expect, since browsers send it. */
function escapeName(text: string): string {
  return text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}

/** One that occurs in no part: a file may hold another form, or what an attacker guessed. */
function findBoundary(parts: readonly Part[]): string {
  for (;;) {
    const boundary = `----LoadSpiker${randomBytes(12).toString('hex')}`;
    if (!parts.some(({ head, content }) => head.includes(boundary) || content.includes(boundary)))
      return boundary;
  }
}
