// What a process has taken so far, as Linux tells it.
import { readFileSync } from 'node:fs';

const [TICKS_PER_SECOND, PAGE_BYTES] = [100, 4096];

/** User and system time of all its threads, to 10 ms. */
export function readCpuSeconds(pid: number): number {
  return parseCpuSeconds(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** The name of the program is in parentheses, and may hold anything. */
export function parseCpuSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident bytes. */
export function readMemory(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
}
