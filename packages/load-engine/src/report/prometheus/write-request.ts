/** A WriteRequest of the Prometheus remote write protocol 1.0, as protobuf. */
import type { Sample } from './metric-families.ts';

/** Wire types of protobuf. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;

/** All samples at one time, in Unix milliseconds; `common` are labels that each gets. */
export function encodeWriteRequest(
  samples: readonly Sample[],
  timestampMs: number,
  common: Readonly<Record<string, string>>,
): Uint8Array {
  // message WriteRequest { repeated TimeSeries timeseries = 1; }
  return Buffer.concat(samples.map((sample) => field(1, encodeSeries(sample, timestampMs, common))));
}

/** message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; } */
function encodeSeries(
  { name, labels, value }: Sample,
  timestampMs: number,
  common: Readonly<Record<string, string>>,
): Buffer {
  const all = Object.entries({ ...common, ...labels, __name__: name })
    .filter(([, text]) => text !== '')
    // The protocol wants names in their order.
    .sort(([left], [right]) => (left < right ? -1 : 1));
  const pairs = all.map(([label, text]) =>
    field(1, Buffer.concat([field(1, toBytes(label)), field(2, toBytes(text))])),
  );
  return Buffer.concat([...pairs, field(2, encodeSample(value, timestampMs))]);
}

/** message Sample { double value = 1; int64 timestamp = 2; } */
function encodeSample(value: number, timestampMs: number): Buffer {
  const double = Buffer.alloc(8);
  double.writeDoubleLE(value);
  return Buffer.concat([tag(1, FIXED64), double, tag(2, VARINT), varint(timestampMs)]);
}

function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([tag(number, BYTES), varint(bytes.length), bytes]);
}

function tag(number: number, wireType: number): Buffer {
  return varint(number * 8 + wireType);
}

/** Of a whole number up to 2^53. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

function toBytes(text: string): Buffer {
  return Buffer.from(text.toWellFormed(), 'utf8');
}
