import { describe, expect, it } from 'vitest';
import { parseChaosArguments } from './arguments.ts';

describe('the arguments of chaos', () => {
  it('run seeds 1 to N', () => {
    expect(parseChaosArguments(['--runs', '3'])).toEqual({
      seeds: [1, 2, 3],
      queue: 'redis',
      isFresh: false,
    });
    expect(parseChaosArguments([]).seeds).toHaveLength(20);
  });

  it('run the seeds that are named, each once', () => {
    const args = ['--seed', '7', '--seed', '3,9,7', '--queue', 'off', '--fresh'];
    expect(parseChaosArguments(args)).toEqual({ seeds: [7, 3, 9], queue: 'off', isFresh: true });
  });

  it.each([
    [['--runs', '0'], '--runs must be an integer from 1 to 2147483647, but it is "0".'],
    [['--seed', '1.5'], '--seed must be an integer from 0 to 2147483647, but it is "1.5".'],
    [['--seed', '1,'], '--seed must be an integer from 0 to 2147483647, but it is "".'],
    [['--runs', '1', '--seed', '1'], 'Give --runs or --seed, not both.'],
    [['--queue', 'kafka'], '--queue must be redis, postgres or off, but it is "kafka".'],
    [['--quick'], "Unknown option '--quick'"],
  ])('%j is refused', (args, sentence) => {
    expect(() => parseChaosArguments(args)).toThrow(sentence);
  });
});
