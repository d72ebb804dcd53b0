import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ArrivalExecutor } from '../../src/executors/arrival-executor.ts';
import { UserExecutor } from '../../src/executors/user-executor.ts';
import { buildPlan, type PlanOptions } from '../../src/plan/plan.ts';
import { RunClock } from '../../src/run/run-clock.ts';

// A virtual clock: the schedules are proven without waiting for them.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

function follow(options: PlanOptions, threads = 1) {
  const { segments, model } = buildPlan(options);
  const log: string[] = [];
  const executors = Array.from({ length: threads }, (_, thread) => {
    const clock = new RunClock();
    const note = (what: string) => void log.push(`${Math.round(performance.now() - origin)} ${what}`);
    const shared = { segments, clock, thread, threads };
    const executor =
      model === 'open'
        ? new ArrivalExecutor({ ...shared, onDue: (lateMs) => note(`late ${Math.round(lateMs)}`) })
        : new UserExecutor({
            ...shared,
            startUser: (index) => note(`start ${index}`),
            stopUser: (index) => note(`stop ${index}`),
          });
    return { clock, executor };
  });
  const origin = performance.now();
  for (const { clock, executor } of executors) {
    clock.start();
    executor.follow();
  }
  return { log, executors, all: (act: (one: (typeof executors)[number]) => void) => executors.forEach(act) };
}

describe('users', () => {
  it('come 50 ms apart at 20 a second, over two threads, never early', () => {
    const { log } = follow({ users: 100, spawnRate: 20 }, 2);
    vi.runAllTimers();
    expect(log).toEqual(Array.from({ length: 100 }, (_, index) => `${index * 50} start ${index}`));
  });

  it('come no more once stopped', () => {
    const { log, all } = follow({ users: 10, spawnRate: 10 });
    vi.advanceTimersByTime(250);
    all(({ executor }) => executor.stop());
    vi.runAllTimers();
    expect(log).toEqual(['0 start 0', '100 start 1', '200 start 2']);
  });

  it('are scaled up and down at the moment that is named', () => {
    const { log, all } = follow({ users: 2 }, 2);
    all(({ executor }) => executor.scale(4, 1000));
    vi.advanceTimersByTime(1500);
    all(({ executor }) => executor.scale(1, 2000));
    vi.runAllTimers();
    expect(log.sort()).toEqual(
      [
        '0 start 0',
        '0 start 1',
        '1000 start 2',
        '1000 start 3',
        '2000 stop 1',
        '2000 stop 2',
        '2000 stop 3',
      ].sort(),
    );
  });

  it('are not there before the clock starts, whatever it was scaled to until then', () => {
    const { segments } = buildPlan({ users: 1 });
    const clock = new RunClock();
    const started: number[] = [];
    const startUser = (index: number) => void started.push(index);
    const options = { segments, clock, thread: 0, threads: 1, startUser, stopUser: () => {} };
    const executor = new UserExecutor(options);
    executor.scale(3, 0);
    vi.runAllTimers();
    expect(started).toEqual([]);
    clock.start();
    executor.follow();
    expect(started).toEqual([0, 1, 2]);
  });

  it('longer than a timer of the system can wait are waited for', () => {
    const { log } = follow({ users: 2, spawnRate: 1 / (40 * 86_400) });
    vi.advanceTimersByTime(39 * 86_400_000);
    expect(log).toEqual(['0 start 0']);
    vi.advanceTimersByTime(86_400_000);
    expect(log).toHaveLength(2);
  });
});

describe('starts', () => {
  it('are due one by one, and the plan stands still while it is paused', () => {
    const { log, all } = follow({ rate: 10, durationMs: 500 });
    vi.advanceTimersByTime(150);
    all(({ clock }) => clock.pause());
    vi.advanceTimersByTime(10_000);
    all(({ clock }) => clock.resume());
    vi.runAllTimers();
    expect(log).toEqual(['0 late 0', '100 late 0', '10200 late 0', '10300 late 0', '10400 late 0']);
  });

  it('that a blocked event loop missed are made up at once, and say how late they are', () => {
    const { log } = follow({ rate: 10, durationMs: 1000 });
    vi.advanceTimersByTime(150);
    // Nothing runs meanwhile, as while the loop is blocked: the clock alone goes on.
    const now = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(now + 600);
    vi.advanceTimersToNextTimer();
    expect(log.slice(2).map((line) => line.split(' ').slice(1).join(' '))).toEqual([
      'late 550',
      'late 450',
      'late 350',
      'late 250',
      'late 150',
      'late 50',
    ]);
  });

  it('leave the event loop its turn while a backlog is worked off', () => {
    const { log } = follow({ rate: 100_000, durationMs: 1000 });
    const now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(now + 100);
    vi.advanceTimersToNextTimer();
    expect(log.length).toBeLessThan(2000);
    clock.mockRestore();
    vi.runAllTimers();
    expect(log).toHaveLength(100_000);
  });

  it('are exact where the event loop is turned without a rest before each of them', async () => {
    vi.useRealTimers();
    const { segments } = buildPlan({ rate: 100, durationMs: 300, precise: true });
    const clock = new RunClock({ precise: true });
    const lateness: number[] = [];
    const options = {
      segments,
      clock,
      thread: 0,
      threads: 1,
      onDue: (lateMs: number) => lateness.push(lateMs),
    };
    const executor = new ArrivalExecutor(options);
    clock.start();
    executor.follow();
    await expect.poll(() => executor.hasMore).toBe(false);
    expect(lateness).toHaveLength(30);
    // How late is the machine's matter; never early is the clock's.
    expect(Math.min(...lateness)).toBeGreaterThanOrEqual(0);
    executor.stop();
  });
});
