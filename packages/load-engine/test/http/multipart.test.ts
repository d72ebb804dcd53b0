// Judged by busboy, which parses forms for half of the servers on Node.
import { mkdtemp, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import busboy from 'busboy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeMultipart, type FormFields } from '../../src/http/multipart.ts';
import { defineScenario, runLoad } from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';

interface Field {
  readonly name: string;
  readonly value: string;
  readonly filename?: string | undefined;
  readonly contentType?: string;
}

/** What busboy makes of a body; file contents as hexadecimal digits. */
function parse(contentType: string, body: Buffer): Promise<Field[]> {
  return new Promise((resolve, reject) => {
    const fields: Field[] = [];
    const parser = busboy({
      headers: { 'content-type': contentType },
      defParamCharset: 'utf8',
      preservePath: true,
    });
    parser.on('field', (name, value) => fields.push({ name, value }));
    parser.on('file', (name, stream, { filename, mimeType }) => {
      const pieces: Buffer[] = [];
      // Its place is where it began: busboy tells of its end later.
      const place = fields.push({ name, value: '' }) - 1;
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const value = Buffer.concat(pieces).toString('hex');
        fields[place] = { name, value, filename, contentType: mimeType };
      });
    });
    parser.on('close', () => resolve(fields));
    parser.on('error', reject);
    parser.end(body);
  });
}

async function roundTrip(fields: FormFields): Promise<Field[]> {
  const { contentType, body } = encodeMultipart(fields);
  return parse(contentType, body);
}

describe('a multipart body', () => {
  it('holds texts, numbers, several values of a name, and files', async () => {
    const bytes = Uint8Array.of(0, 255, 13, 10, 45, 45);
    const fields = await roundTrip({
      title: 'Zoë & co',
      count: 3,
      isNew: true,
      tag: ['a', 'b'],
      photo: { file: bytes, filename: 'naïve "x".png', contentType: 'image/png' },
      raw: { file: bytes },
    });
    expect(fields).toEqual([
      { name: 'title', value: 'Zoë & co' },
      { name: 'count', value: '3' },
      { name: 'isNew', value: 'true' },
      { name: 'tag', value: 'a' },
      { name: 'tag', value: 'b' },
      { name: 'photo', value: '00ff0d0a2d2d', filename: 'naïve %22x%22.png', contentType: 'image/png' },
      { name: 'raw', value: '00ff0d0a2d2d', filename: 'blob', contentType: 'application/octet-stream' },
    ]);
  });

  it('reads a file by its name, and says which one it cannot read', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'loadspiker-')), 'a.txt');
    await writeFile(file, 'hello');
    expect(await roundTrip({ upload: { file, contentType: 'text/plain' } })).toEqual([
      { name: 'upload', value: '68656c6c6f', filename: 'a.txt', contentType: 'text/plain' },
    ]);
    expect(() => encodeMultipart({ upload: { file: '/no/such/file' } })).toThrow(
      'The file /no/such/file of the form field upload cannot be read (ENOENT).',
    );
  });

  it('escapes names as browsers do, so that none can add a header or a part', () => {
    const { body } = encodeMultipart([
      ['a"\r\nX-Evil: 1\r\n\r\nb', 'one\ntwo'],
      ['f', { file: Buffer.from('x'), filename: 'n"\n.txt' }],
    ]);
    const text = body.toString();
    expect(text).toContain('name="a%22%0D%0AX-Evil: 1%0D%0A%0D%0Ab"\r\n\r\none\r\ntwo\r\n');
    expect(text).toContain('filename="n%22%0A.txt"');
    expect(text).not.toMatch(/^X-Evil/m);
    expect(() => encodeMultipart({ f: { file: Buffer.from('x'), contentType: 'a/b\r\nX: 1' } })).toThrow(
      TypeError,
    );
    expect(() => encodeMultipart({ f: undefined as never })).toThrow(TypeError);
    expect(() => encodeMultipart({ f: { file: 5 as never } })).toThrow(TypeError);
  });

  it('holds the bodies of other forms, whatever their boundaries', async () => {
    const inner = encodeMultipart({ a: 'b' }).body;
    expect(await roundTrip({ form: { file: inner }, text: inner.toString() })).toMatchObject([
      { value: inner.toString('hex') },
      { value: inner.toString() },
    ]);
  });

  it('comes back as it was, for any names, texts and bytes', async () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/["\r\n\\\0]/.test(text));
    const bytes = fc.uint8Array({ maxLength: 200 });
    const text = fc.string({ unit: 'grapheme' }).map((value) => value.toWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, fc.oneof(text, bytes))), async (entries) => {
        const fields = entries.map(([key, value]): [string, string | { file: Uint8Array }] =>
          typeof value === 'string' ? [key, value] : [key, { file: value }],
        );
        const found = await roundTrip(fields);
        expect(found.map((field) => [field.name, field.value])).toEqual(
          entries.map(([key, value]) => [
            key,
            typeof value === 'string'
              ? value.replace(/\r\n|\r|\n/g, '\r\n')
              : Buffer.from(value).toString('hex'),
          ]),
        );
      }),
    );
  });
});

describe('a multipart request of a run', () => {
  const received = async (send: (url: string) => Promise<unknown>): Promise<Field[][]> => {
    const forms: Promise<Field[]>[] = [];
    const server = await startCountingServer((request: IncomingMessage, response) => {
      forms.push(parse(request.headers['content-type'] ?? '', Buffer.from(server.bodies.at(-1) ?? '')));
      response.end();
    });
    await send(server.url);
    return Promise.all(forms);
  };
  const fields = {
    name: 'Ann',
    photo: { file: Buffer.from('hi'), filename: 'p.txt', contentType: 'text/plain' },
  };
  const parsed = [
    { name: 'name', value: 'Ann' },
    { name: 'photo', value: '6869', filename: 'p.txt', contentType: 'text/plain' },
  ];

  it('is sent by a scenario, with a content type of its own', async () => {
    const scenario = defineScenario({
      name: 's',
      tasks: [
        {
          name: 't',
          run: async (user) => {
            await user.post('/a', { multipart: fields });
            await user.post('/b', { multipart: fields, headers: { 'content-type': 'multipart/form-data' } });
          },
        },
      ],
    });
    expect(await received((host) => runLoad({ scenario, host, iterations: 1 }))).toEqual([parsed, parsed]);
  });

  it('is sent over and over by a repeated URL, over threads', async () => {
    const forms = await received((url) =>
      runLoad({ url, method: 'POST', multipart: fields, users: 2, iterations: 6, workerThreads: 2 }),
    );
    expect(forms).toEqual(Array.from({ length: 6 }, () => parsed));
  });

  it('is refused beside another body, and for a file that is not there, before anything starts', async () => {
    const url = 'http://127.0.0.1:9/';
    await expect(runLoad({ url, body: 'x', multipart: fields })).rejects.toThrow('either body or multipart');
    await expect(runLoad({ url, multipart: { f: { file: '/no/such' } } })).rejects.toThrow(
      'The file /no/such of the form field f cannot be read (ENOENT).',
    );
  });
});
