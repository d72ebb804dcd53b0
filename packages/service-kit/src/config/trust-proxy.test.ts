import { describe, expect, it } from 'vitest';
import { startTestApp } from '../../test/test-app.ts';

describe('TRUST_PROXY', () => {
  const addressSeen = async (trustProxy: string | undefined, forwarded: string) => {
    const env = trustProxy === undefined ? {} : { TRUST_PROXY: trustProxy };
    const { app, port } = await startTestApp({ env }, (routes) => {
      routes.get('/ip', async (request) => ({ ip: request.ip }));
    });
    const response = await fetch(`http://127.0.0.1:${port}/ip`, {
      headers: { 'x-forwarded-for': forwarded },
    });
    const { ip } = (await response.json()) as { ip: string };
    await app.close();
    return ip;
  };

  it.each([
    [undefined, '9.9.9.9', '127.0.0.1'],
    ['false', '9.9.9.9', '127.0.0.1'],
    ['0', '9.9.9.9', '127.0.0.1'],
    ['10.0.0.0/8', '9.9.9.9', '127.0.0.1'],
    ['true', '9.9.9.9, 8.8.8.8', '9.9.9.9'],
    ['1', '9.9.9.9, 8.8.8.8', '8.8.8.8'],
    ['2', '9.9.9.9, 8.8.8.8', '9.9.9.9'],
    ['loopback', '9.9.9.9, 8.8.8.8', '8.8.8.8'],
    ['127.0.0.1, 8.8.8.0/24', '9.9.9.9, 8.8.8.8', '9.9.9.9'],
  ])('S37 X-Forwarded-For counts only as TRUST_PROXY=%s says', async (trustProxy, forwarded, expected) => {
    expect(await addressSeen(trustProxy, forwarded)).toBe(expected);
  });
});
