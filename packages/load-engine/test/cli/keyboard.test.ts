import { describe, expect, it } from 'vitest';
import { Keys } from '../../src/cli/keyboard.ts';
import type { ScaleTarget } from '../../src/run/scales.ts';

function press(keys: string, { rate, users }: { rate: number | null; users: number }): string[] {
  const log: string[] = [];
  const run = {
    isPaused: false,
    progress: [],
    pause() {
      this.isPaused = true;
      log.push('pause');
    },
    resume() {
      this.isPaused = false;
      log.push('resume');
    },
    scale: (target: ScaleTarget) => void log.push(JSON.stringify(target)),
  };
  const pressed = new Keys({ run, rate, users, onStop: () => log.push('stop'), note: () => {} });
  for (const key of keys) pressed.press(key);
  return log;
}

describe('the keyboard', () => {
  it('pauses and goes on, stops by q and by Ctrl-C, and ignores the rest', () => {
    expect(press('p q\u0003xyz', { rate: null, users: 1 })).toEqual(['pause', 'resume', 'stop', 'stop']);
  });

  it('changes users by a tenth, at least by one, and never below none', () => {
    expect(press('++--', { rate: null, users: 100 })).toEqual(
      [110, 121, 109, 98].map((users) => JSON.stringify({ users })),
    );
    expect(press('--+', { rate: null, users: 1 })).toEqual(
      [0, 0, 1].map((users) => JSON.stringify({ users })),
    );
  });

  it('changes a rate by a tenth', () => {
    expect(press('+-', { rate: 20, users: 1000 })).toEqual(
      [22, 19.8].map((rate) => JSON.stringify({ rate })),
    );
    expect(press('+', { rate: 0, users: 1000 })).toEqual(['{"rate":1}']);
  });
});
