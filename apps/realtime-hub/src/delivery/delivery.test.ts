import { once } from 'node:events';
import type { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as ws from 'ws';
import { Frame } from './frame.ts';
import { Outlet } from './outlet.ts';
import { WriteSchedule } from './write-schedule.ts';

const WINDOW_MS = 5;

// Its types do not name it.
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

/** What a peer reads, by the reader of `ws`. */
async function readFrames(bytes: Buffer): Promise<string[]> {
  const texts: string[] = [];
  const receiver = new Receiver({ isServer: false });
  receiver.on('message', (data: Buffer) => texts.push(data.toString()));
  receiver.end(bytes);
  await once(receiver, 'finish');
  return texts;
}

function createRecorder(options: { maxQueuedBytes?: number; reads?: boolean } = {}) {
  const { maxQueuedBytes = 1_000_000, reads = true } = options;
  const schedule = new WriteSchedule(WINDOW_MS);
  const writes: Buffer[] = [];
  let overflows = 0;
  let queuedBytes = 0;
  const outlet = new Outlet({
    schedule,
    maxQueuedBytes,
    wire: {
      get queuedBytes() {
        return queuedBytes;
      },
      write(frames) {
        writes.push(frames);
        if (!reads) queuedBytes += frames.length;
      },
    },
    onOverflow: () => overflows++,
  });
  return { schedule, outlet, writes, countOverflows: () => overflows };
}

const endOfTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('a frame', () => {
  test.each([0, 1, 125, 126, 127, 65_535, 65_536, 100_000])(
    'of %i bytes is read by others',
    async (length) => {
      const text = 'x'.repeat(length);
      expect(await readFrames(new Frame(text).bytes)).toEqual([text]);
    },
  );

  test('carries any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 200 }), async (text) => {
        expect(await readFrames(new Frame(text).bytes)).toEqual([text]);
      }),
    );
  });
});

describe('an outlet', () => {
  test('writes what one turn brings at once, in one write and in order', async () => {
    const { outlet, writes } = createRecorder();
    for (const text of ['1', '2', '3']) outlet.send(new Frame(text));
    await endOfTurn();
    expect(writes).toHaveLength(1);
    expect(await readFrames(writes[0] as Buffer)).toEqual(['1', '2', '3']);
  });

  test('collects what comes right after a write, and writes it at the end of the window', async () => {
    const { outlet, writes, schedule } = createRecorder();
    outlet.send(new Frame('1'));
    await endOfTurn();
    outlet.send(new Frame('2'));
    outlet.send(new Frame('3'));
    expect(writes).toHaveLength(1);
    await expect.poll(() => writes.length).toBe(2);
    expect(await readFrames(writes[1] as Buffer)).toEqual(['2', '3']);
    schedule.close();
  });

  test('shares the bytes of a batch with all for whom the same frames wait', async () => {
    const schedule = new WriteSchedule(WINDOW_MS);
    const writes: Buffer[] = [];
    const wire = { queuedBytes: 0, write: (frames: Buffer) => void writes.push(frames) };
    const outlets = Array.from(
      { length: 3 },
      () => new Outlet({ schedule, wire, maxQueuedBytes: 1000, onOverflow() {} }),
    );
    const [first, second] = [new Frame('1'), new Frame('2')];
    outlets[2]?.send(new Frame('own'));
    for (const frame of [first, second]) for (const outlet of outlets) outlet.send(frame);
    schedule.close();
    expect(writes[1]).toBe(writes[2]);
    expect(await readFrames(writes[0] as Buffer)).toEqual(['own', '1', '2']);
    expect(await readFrames(writes[1] as Buffer)).toEqual(['1', '2']);
  });

  test('delivers to each exactly what was sent to it, however it is interleaved', async () => {
    const send = fc.record({
      frame: fc.nat(5),
      to: fc.subarray([0, 1, 2], { minLength: 1 }),
      flushes: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(send, { maxLength: 50 }), async (sends) => {
        const schedule = new WriteSchedule(WINDOW_MS);
        const frames = Array.from({ length: 6 }, (_, index) => new Frame(String(index)));
        const received: Buffer[][] = [[], [], []];
        const outlets = received.map(
          (writes) =>
            new Outlet({
              schedule,
              wire: { queuedBytes: 0, write: (bytes) => void writes.push(bytes) },
              maxQueuedBytes: 10_000,
              onOverflow() {},
            }),
        );
        for (const { frame, to, flushes } of sends) {
          for (const number of to) outlets[number]?.send(frames[frame] as Frame);
          if (flushes) schedule.flush();
        }
        schedule.close();
        for (const number of [0, 1, 2]) {
          const expected = sends.filter(({ to }) => to.includes(number)).map(({ frame }) => String(frame));
          expect(await readFrames(Buffer.concat(received[number] as Buffer[]))).toEqual(expected);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('F86: never holds more than its limit, counting the frame that would come on top', async () => {
    const { outlet, writes, schedule, countOverflows } = createRecorder({
      maxQueuedBytes: 100,
      reads: false,
    });
    const frame = new Frame('x'.repeat(28));
    expect(frame.bytes).toHaveLength(30);
    expect([outlet.send(frame), outlet.send(frame)]).toEqual([true, true]);
    await endOfTurn();
    expect(outlet.send(frame)).toBe(true);
    expect(outlet.send(frame)).toBe(false);
    expect(outlet.send(new Frame(''))).toBe(false);
    expect(countOverflows()).toBe(1);
    schedule.close();
    expect(Buffer.concat(writes)).toHaveLength(60);
  });

  test('takes nothing after it was closed, and loses nothing of what it took', async () => {
    const { outlet, writes } = createRecorder();
    outlet.send(new Frame('last'));
    outlet.close();
    expect(outlet.send(new Frame('late'))).toBe(false);
    await endOfTurn();
    expect(await readFrames(Buffer.concat(writes))).toEqual(['last']);
  });
});
