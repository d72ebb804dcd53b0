import { describe, expect, it } from 'vitest';
import { Problem } from '../problem.ts';
import { completeArguments } from './loadtest.ts';

const url = 'http://localhost:5000';

describe('npm run loadtest', () => {
  it('adds the documented users, spawn rate and run time, and the address of our own API', () => {
    expect(completeArguments([], url)).toEqual(['-u', '100', '-r', '20', '-t', '60s', '-H', url]);
  });

  it('keeps what was given, however it is spelled', () => {
    const given = ['-u5', '--spawn-rate=2', '--run-time', '5m', '--host=http://[::1]:5001'];
    expect(completeArguments(given, undefined)).toEqual(given);
  });

  it.each(['-d', '--duration', '-n', '--iterations'])('sets no run time beside %s', (flag) => {
    expect(completeArguments([flag, '10'], url)).not.toContain('-t');
  });

  it('names the remedy when no API runs here', () => {
    expect(() => completeArguments([], undefined)).toThrow(Problem);
    expect(() => completeArguments([], undefined)).toThrow('npm start');
  });
});
