/** Ids of sessions, made as an ObjectId is: seconds, a mark of the process, a counter. Later ones are greater. */
import { randomBytes } from 'node:crypto';

const PROCESS_MARK = randomBytes(5).toString('hex');
let counter = randomBytes(3).readUIntBE(0, 3) >> 1;

export function createSessionId(at: Date = new Date()): string {
  counter = (counter + 1) % 2 ** 24;
  const seconds = Math.floor(at.getTime() / 1000);
  return toHex(seconds, 8) + PROCESS_MARK + toHex(counter, 6);
}

function toHex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
