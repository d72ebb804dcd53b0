// What a WebSocket must do, judged on the hub's own settings: by the Autobahn test suite where its `wstest` is on the
// PATH (`pip install autobahntestsuite`), and by a few of its cases everywhere.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Hub } from '../service.ts';
import { startEchoHub } from './echo.ts';

let hub: Hub;
let url: string;

beforeAll(async () => {
  hub = await startEchoHub();
  url = `ws://127.0.0.1:${await hub.port()}/echo`;
});
afterAll(() => hub.close());

async function echo(message: string | Buffer): Promise<Buffer> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  socket.send(message);
  const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
  socket.close();
  expect(isBinary).toBe(typeof message !== 'string');
  return data;
}

test.each([0, 125, 126, 127, 128, 65_535, 65_536])(
  'a message of %i bytes comes back as it was',
  async (length) => {
    expect((await echo('*'.repeat(length))).toString()).toBe('*'.repeat(length));
    expect(await echo(Buffer.alloc(length, 0xfe))).toEqual(Buffer.alloc(length, 0xfe));
  },
);

test('a byte more than the limit closes with 1009', async () => {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  socket.send(Buffer.alloc(65_537));
  expect((await once(socket, 'close'))[0]).toBe(1009);
});

/** Compression is not offered, and its hundreds of cases would say so one by one. */
const EXCLUDED = ['12.*', '13.*'];
const GOOD = new Set(['OK', 'NON-STRICT', 'INFORMATIONAL', 'UNIMPLEMENTED']);
const BEYOND_OUR_LIMITS = new Set([1008, 1009]);

interface Verdict {
  readonly behavior: string;
  readonly behaviorClose: string;
  readonly remoteCloseCode: number | null;
}

if (hasWstest())
  test('every case of the Autobahn test suite within our limits passes', { timeout: 600_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'autobahn-'));
    const specification = {
      outdir: folder,
      servers: [{ agent: 'hub', url }],
      cases: ['*'],
      'exclude-cases': EXCLUDED,
      'exclude-agent-cases': {},
    };
    writeFileSync(join(folder, 'spec.json'), JSON.stringify(specification));
    const child = spawn('wstest', ['-m', 'fuzzingclient', '-s', join(folder, 'spec.json')], {
      stdio: 'ignore',
    });
    await once(child, 'exit');
    const { hub: verdicts } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
      hub: Record<string, Verdict>;
    };
    rmSync(folder, { recursive: true });
    const failed = Object.entries(verdicts).filter(([, verdict]) => !passes(verdict));
    expect(failed).toEqual([]);
    expect(Object.keys(verdicts).length).toBeGreaterThan(200);
  });

function passes({ behavior, behaviorClose, remoteCloseCode }: Verdict): boolean {
  if (BEYOND_OUR_LIMITS.has(remoteCloseCode ?? 0)) return true;
  return GOOD.has(behavior) && GOOD.has(behaviorClose);
}

/** Present, and able to run: it needs a Python of its own age. */
function hasWstest(): boolean {
  try {
    execFileSync('wstest', ['--help'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
