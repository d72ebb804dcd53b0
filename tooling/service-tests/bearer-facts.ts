// The security facts of every service with tokens (S01 to S05, F56), asked of its own guard.
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { TEST_SECRET } from '../test-stores/test-secret.ts';
import { forgeToken } from './forge-token.ts';

export interface BearerFactsOptions {
  /** Asks a guarded route with this Authorization: `taken` when the guard let it pass, else the sentence of the 401. */
  readonly tryToken: (authorization?: string) => Promise<string>;
  /** The claims of a good token, with changes. */
  readonly claims: (changes?: Record<string, unknown>) => Record<string, unknown>;
  readonly sentences: { readonly missing: string; readonly invalid: string; readonly expired: string };
}

export function describeBearerFacts({ tryToken, claims, sentences }: BearerFactsOptions): void {
  const { missing, invalid, expired } = sentences;
  const now = () => Math.floor(Date.now() / 1000);
  const tryClaims = (changes: Record<string, unknown>, header = {}) =>
    tryToken(`Bearer ${forgeToken(claims(changes), header)}`);

  describe('the bearer guard', () => {
    test.each(['Bearer', 'bearer', 'BEARER'])('takes the scheme %s in any case', async (scheme) => {
      expect(await tryToken(`${scheme} ${forgeToken(claims())}`)).toBe('taken');
    });

    test.each([undefined, '', 'Bearer', 'Bearer ', 'Basic dXNlcjpwYXNz', 'Token x'])(
      'answers the header %j as no token',
      async (authorization) => {
        expect(await tryToken(authorization)).toBe(missing);
      },
    );

    test.each(['x', 'a.b.c', `${forgeToken(claims())}x`, `${forgeToken(claims())} y`])(
      'refuses the garbage %j',
      async (token) => {
        expect(await tryToken(`Bearer ${token}`)).toBe(invalid);
      },
    );

    test('S01 F55 takes the algorithm from the configuration, never from the token', async () => {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
      expect(await tryToken(`Bearer ${forgeToken(claims(), {}, pem)}`)).toBe(invalid);
      for (const alg of ['none', 'None', 'hs256', 'HS512', 'RS256']) {
        expect(await tryClaims({}, { alg })).toBe(invalid);
      }
      const [header, payload] = forgeToken(claims(), { alg: 'none' }).split('.');
      expect(await tryToken(`Bearer ${header}.${payload}.`)).toBe(invalid);
      const input = `${Buffer.from('{"alg":"HS512","typ":"JWT"}').toString('base64url')}.${payload}`;
      const signature = createHmac('sha512', TEST_SECRET).update(input).digest('base64url');
      expect(await tryToken(`Bearer ${input}.${signature}`)).toBe(invalid);
    });

    test('S02 refuses a token with one bit flipped, wherever', async () => {
      const parts = forgeToken(claims()).split('.');
      for (const part of [1, 2]) {
        const bytes = Buffer.from(parts[part] ?? '', 'base64url');
        for (let index = 0; index < bytes.length; index += 7) {
          const flipped = Buffer.from(bytes);
          flipped[index] = (flipped[index] ?? 0) ^ 1;
          const token = parts.with(part, flipped.toString('base64url')).join('.');
          expect(await tryToken(`Bearer ${token}`)).toBe(invalid);
        }
      }
    });

    test('S03 refuses expired and not yet valid tokens, and odd times', async () => {
      expect(await tryClaims({ exp: now() - 60 })).toBe(expired);
      expect(await tryClaims({ nbf: now() + 3600 })).toBe(invalid);
      for (const exp of [undefined, null, 'tomorrow', String(now() + 60)]) {
        expect(await tryClaims({ exp })).toBe(invalid);
      }
      const endless = JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e999');
      expect(await tryToken(`Bearer ${forgeToken(endless)}`)).toBe(invalid);
    });

    test('S04 refuses a wrong or missing audience or issuer, also with the same secret', async () => {
      const changes = [
        { aud: 'another-service' },
        { aud: undefined },
        { iss: 'somebody' },
        { iss: undefined },
      ];
      for (const change of changes) expect(await tryClaims(change)).toBe(invalid);
    });

    test('S05 fetches nothing that a header names', async () => {
      const { fetch } = globalThis;
      const fetched: unknown[] = [];
      globalThis.fetch = async (input) => {
        fetched.push(input);
        throw new Error('no');
      };
      const url = 'http://127.0.0.1:1/keys';
      const headers = [{ jku: url }, { x5u: url }, { jwk: { kty: 'oct', k: 'AA' } }, { crit: ['exp'] }];
      for (const header of headers) {
        expect(['taken', invalid]).toContain(await tryClaims({}, header));
        const withOtherKey = forgeToken(claims(), header, 'another-key-0123456789abcdef0123456789');
        expect(await tryToken(`Bearer ${withOtherKey}`)).toBe(invalid);
      }
      globalThis.fetch = fetch;
      expect(fetched).toEqual([]);
    });

    test('F56 tolerates five seconds between two clocks, and no more', async () => {
      expect(await tryClaims({ iat: now() + 1 })).toBe('taken');
      expect(await tryClaims({ nbf: now() + 2 })).toBe('taken');
      expect(await tryClaims({ exp: now() - 2 })).toBe('taken');
      expect(await tryClaims({ nbf: now() + 3600 })).toBe(invalid);
      expect(await tryClaims({ iat: now() + 60 })).toBe(invalid);
      expect(await tryClaims({ exp: now() - 30 })).toBe(expired);
    });
  });
}
