import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Row, type RowChange, RowList } from './row-list.ts';

const textOf = (list: RowList) => Buffer.concat(list.pieces).toString();
const row = (id: number, size = 20): Row => ({ id, json: JSON.stringify({ id, text: 'é'.repeat(size) }) });
const render = (rows: Iterable<Row>) => `[${[...rows].map(({ json }) => json).join(',')}]`;

/** What the list must hold: the model that the bytes are compared with. */
function apply(rows: Map<number, Row>, changes: readonly RowChange[]): Map<number, Row> {
  const next = new Map(rows);
  for (const { id, json } of changes) {
    if (json === null) next.delete(id);
    else next.set(id, { id, json });
  }
  return new Map([...next].sort(([a], [b]) => a - b));
}

describe('a list of rows', () => {
  test('is [] when it is empty', () => {
    expect(textOf(RowList.empty)).toBe('[]');
    expect(RowList.empty.byteLength).toBe(2);
    expect(textOf(RowList.empty.withChanges([{ id: 1, json: null }]))).toBe('[]');
  });

  test('equals the rows after any pages and any changes, byte for byte', () => {
    const size = fc.oneof(fc.nat(50), fc.constantFrom(20_000, 70_000, 200_000));
    const change = fc.record({ id: fc.integer({ min: -5, max: 40 }), size: fc.option(size) });
    const step = fc.uniqueArray(change, { selector: ({ id }) => id, maxLength: 12 });
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(40)), fc.array(step, { maxLength: 8 }), (ids, steps) => {
        let model = new Map(ids.toSorted((a, b) => a - b).map((id) => [id, row(id)]));
        const pages = [...model.values()];
        let list = RowList.empty.withPage(pages.slice(0, 7)).withPage(pages.slice(7));
        for (const sizes of steps) {
          const changes = sizes.map(({ id, size }) => ({
            id,
            json: size === null ? null : row(id, size).json,
          }));
          list = list.withChanges(changes);
          model = apply(model, changes);
          expect(textOf(list)).toBe(render(model.values()));
          expect(list.byteLength).toBe(Buffer.byteLength(render(model.values())));
          expect(list.isEmpty).toBe(model.size === 0);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('leaves older versions as they are', () => {
    const before = RowList.empty.withPage([row(1), row(2), row(3)]);
    const text = textOf(before);
    before.withChanges([{ id: 2, json: null }, row(4), row(1, 5)]);
    expect(textOf(before)).toBe(text);
  });

  test('shares what did not change with the version before', () => {
    const rows = Array.from({ length: 5000 }, (_, id) => row(id * 2, 100));
    const before = RowList.empty.withPage(rows);
    const after = before.withChanges([row(5001, 100)]);
    const kept = after.pieces.filter((piece) => before.pieces.includes(piece));
    expect(after.pieces.length).toBeGreaterThan(5);
    expect(kept.length).toBeGreaterThanOrEqual(after.pieces.length - 3);
  });

  test('keeps its pieces small, also when ids come in falling order', () => {
    let list = RowList.empty;
    for (let id = 4000; id > 0; id--) list = list.withChanges([row(id, 100)]);
    expect(Math.max(...list.pieces.map(({ length }) => length))).toBeLessThan(300 * 1024);
    expect(textOf(list)).toBe(render(Array.from({ length: 4000 }, (_, index) => row(index + 1, 100))));
  });

  test('is one buffer for all readers while it is short', () => {
    const list = RowList.empty.withPage([row(1), row(2)]);
    expect(list.pieces).toHaveLength(1);
    expect(list.pieces).toBe(list.pieces);
  });
});
