import { describe, expect, test } from 'vitest';
import { assertCanStart, type StartSettings } from './start-rules.ts';

const settings: StartSettings = {
  targetUrl: 'https://example.com/',
  userProfileIds: [],
  profileUserCounts: {},
  requestsPerMinute: 10,
  durationMinutes: 60,
};

describe('what a campaign needs to start', () => {
  test.each([
    [{ targetUrl: '' }, 'Campaign target URL is required'],
    [{ userProfileIds: ['a'] }, 'User counts must be specified for each profile'],
    [{ userProfileIds: ['__proto__'] }, 'User counts must be specified for each profile'],
    [{ userProfileIds: ['a'], profileUserCounts: { a: 0 } }, 'Total number of users must be greater than 0'],
    [{ requestsPerMinute: 0 }, 'Requests per minute must be greater than 0'],
    [{ requestsPerMinute: Number.NaN }, 'Requests per minute must be greater than 0'],
    [{ durationMinutes: 0 }, 'Duration minutes must be greater than 0'],
    [{ durationMinutes: -1 }, 'Duration minutes must be greater than 0'],
  ])('%j is refused: %s', (fields, message) => {
    expect(() => assertCanStart({ ...settings, ...fields })).toThrow(message);
  });

  test('the first rule that is broken names the refusal', () => {
    const broken = { targetUrl: '', userProfileIds: ['a'], requestsPerMinute: 0, durationMinutes: 0 };
    expect(() => assertCanStart({ ...settings, ...broken })).toThrow('Campaign target URL is required');
  });

  test.each([
    {},
    { durationMinutes: null },
    { userProfileIds: ['a', 'b'], profileUserCounts: { a: 0, b: 1 } },
  ])('%j is enough', (fields) => {
    expect(() => assertCanStart({ ...settings, ...fields })).not.toThrow();
  });
});
