// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how the document writes placeholders
import { describe, expect, it } from 'vitest';
import {
  calculatePercentiles,
  createUserSession,
  Engine,
  generateTestData,
  measureTime,
  randomDelay,
  validateResponse,
  waitForCondition,
} from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';

describe('waitForCondition', () => {
  it('asks until the condition comes true', async () => {
    let asked = 0;
    const isMet = async () => {
      asked += 1;
      return asked === 3;
    };
    expect(await waitForCondition(isMet, { checkInterval: 0 })).toBe(true);
    expect(asked).toBe(3);
  });

  it('gives up after the timeout, having asked at least once', async () => {
    let asked = 0;
    const isMet = () => {
      asked += 1;
      return false;
    };
    expect(await waitForCondition(isMet, { timeout: 0, checkInterval: 3600 })).toBe(false);
    expect(asked).toBe(1);
    expect(await waitForCondition(isMet, { timeout: 0.01, checkInterval: 3600 })).toBe(false);
    // Asked again when the time is up, and once more where the timer was early.
    expect(asked).toBeGreaterThan(2);
  });

  it('throws what the condition throws, and refuses times that are none', async () => {
    const fail = () => {
      throw new Error('down');
    };
    await expect(waitForCondition(fail)).rejects.toThrow('down');
    await expect(waitForCondition(() => true, { timeout: Number.NaN })).rejects.toThrow(
      new RangeError('expected timeout to be a number of 0 or more, got NaN'),
    );
  });
});

describe('randomDelay', () => {
  it('waits a whole number of milliseconds within its ends', async () => {
    const delays = await Promise.all(Array.from({ length: 200 }, () => randomDelay(0, 2)));
    expect(new Set(delays)).toEqual(new Set([0, 1, 2]));
    await expect(randomDelay(2, 1)).rejects.toThrow('expected maxMs to be at least 2, got 1');
  });
});

describe('measureTime', () => {
  it('gives the result and the time of a function, also of one that takes its time', async () => {
    const [sum, milliseconds] = await measureTime(() => 1 + 1);
    expect([sum, milliseconds >= 0]).toEqual([2, true]);
    const [delay, waitedMs] = await measureTime(() => randomDelay(5, 5));
    expect(delay).toBe(5);
    expect(waitedMs).toBeGreaterThan(3);
  });
});

describe('createUserSession', () => {
  it('sends its requests one after the other and gives all answers', async () => {
    const server = await startCountingServer((request, response) => {
      if (request.url === '/gone') response.statusCode = 410;
      response.end(`you asked for ${request.url}`);
    });
    const engine = new Engine();
    const responses = await createUserSession(engine, [
      { url: `${server.url}/a`, delayMs: 1 },
      { url: `${server.url}/b`, method: 'POST', body: 'x' },
      { url: `${server.url}/gone` },
    ]);
    await engine.close();
    expect(responses.map(({ statusCode }) => statusCode)).toEqual([200, 200, 410]);
    expect([...server.counts.keys()]).toEqual(['GET /a', 'POST /b', 'GET /gone']);
    expect(responses.map((response) => validateResponse(response))).toEqual([true, true, false]);
    expect(validateResponse(responses[0] ?? {}, { expectedContent: 'for /a' })).toBe(true);
  });
});

describe('validateResponse', () => {
  const response = { statusCode: 201, body: 'created', responseTimeUs: 1500 };

  it.each([
    [{}, false],
    [{ expectedStatus: 201 }, true],
    [{ expectedStatus: 201, expectedContent: 'eat' }, true],
    [{ expectedStatus: 201, expectedContent: 'Eat' }, false],
    [{ expectedStatus: 201, maxResponseTimeMs: 1.5 }, true],
    [{ expectedStatus: 201, maxResponseTimeMs: 1.4 }, false],
    [{ expectedStatus: 201, maxResponseTimeMs: 0 }, false],
  ])('with %j is %j', (expectation, valid) => {
    expect(validateResponse(response, expectation)).toBe(valid);
  });

  it('counts what a response does not say as nothing', () => {
    expect(validateResponse({})).toBe(false);
    expect(validateResponse({ statusCode: 200 }, { maxResponseTimeMs: 0 })).toBe(true);
  });
});

describe('generateTestData', () => {
  it('fills the template anew for each record', () => {
    const template = {
      name: 'user-${INDEX}',
      id: '${UUID}',
      at: '${TIMESTAMP}',
      day: '${DATETIME}',
      lucky: '${RANDOM_INT}/${RANDOM_INT}',
      other: '${OTHER} ${toString}',
      count: 7,
      nested: { tags: ['${INDEX}', null] },
    };
    const [first, second, ...rest] = generateTestData(2, template);
    expect(rest).toEqual([]);
    expect(first).toMatchObject({
      name: 'user-0',
      other: template.other,
      count: 7,
      nested: { tags: ['0', null] },
    });
    expect(second).toMatchObject({ name: 'user-1', nested: { tags: ['1', null] } });
    expect(first?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(first?.id).not.toBe(second?.id);
    expect(Math.abs(Number(first?.at) - Date.now() / 1000)).toBeLessThan(3600);
    expect(new Date(first?.day ?? '').toISOString()).toBe(first?.day);
    expect(first?.lucky).toMatch(/^\d{1,4}\/\d{1,4}$/);
    expect(template.name).toBe('user-${INDEX}');
  });

  it('refuses a count that is none', () => {
    expect(generateTestData(0, {})).toEqual([]);
    expect(() => generateTestData(1.5, {})).toThrow(RangeError);
  });
});

describe('calculatePercentiles', () => {
  it('takes the value at floor(p / 100 × (n − 1))', () => {
    const values = [30, 10, 20, 40];
    expect(calculatePercentiles(values)).toEqual({ 50: 20, 90: 30, 95: 30, 99: 30 });
    expect(calculatePercentiles(values, [0, 100])).toEqual({ 0: 10, 100: 40 });
    expect(values).toEqual([30, 10, 20, 40]);
    expect(calculatePercentiles([-3, 0.5, 100], [50])).toEqual({ 50: 0.5 });
  });

  it('is 0 without values, and refuses percentiles that are none', () => {
    expect(calculatePercentiles([])).toEqual({ 50: 0, 90: 0, 95: 0, 99: 0 });
    expect(() => calculatePercentiles([1], [101])).toThrow('expected percentiles from 0 to 100, got 101');
  });
});
