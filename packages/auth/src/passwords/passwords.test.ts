import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { AppError, ConfigError } from '@trafficflux/service-kit';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { isHashable, MAX_PASSWORD_BYTES } from './hashable.ts';
import { createPasswords } from './passwords.ts';

describe('passwords', () => {
  const quick = createPasswords({ cost: 4, concurrency: 2 });
  afterAll(() => quick.close());

  it('S16 stores $2b$ hashes of the configured cost, 10 by default', async () => {
    const passwords = createPasswords();
    expect(await passwords.hash('correct horse')).toMatch(/^\$2b\$10\$.{53}$/);
    expect(await quick.hash('correct horse')).toMatch(/^\$2b\$04\$/);
    await passwords.close();
  });

  it('S16 refuses a cost below 10 in production', () => {
    expect(() => createPasswords({ cost: 9, isProduction: true })).toThrow(
      new ConfigError('BCRYPT_COST must be at least 10 in production, but it is 9.'),
    );
  });

  it('accepts the right password and no other', async () => {
    const hash = await quick.hash('correct horse');
    expect(await quick.verify('correct horse', hash)).toBe(true);
    expect(await quick.verify('correct horsf', hash)).toBe(false);
    expect(await quick.verify('', hash)).toBe(false);
  });

  it('S15 takes 72 bytes and refuses 73, counted in UTF-8', async () => {
    const full = 'é'.repeat(MAX_PASSWORD_BYTES / 2);
    const hash = await quick.hash(full);
    expect(await quick.verify(full, hash)).toBe(true);
    await expect(quick.hash(`${full}x`)).rejects.toMatchObject({
      kind: 'bad-request',
      code: 'PASSWORD_NOT_HASHABLE',
    });
    expect(await quick.verify(`${full}x`, hash)).toBe(false);
  });

  it.each(['a\u0000b', '\u0000', '\ud800', 'x\udfff'])(
    'S15 refuses text that bcrypt would not see whole: %j',
    async (password) => {
      await expect(quick.hash(password)).rejects.toBeInstanceOf(AppError);
      expect(await quick.verify(password, await quick.hash('a'))).toBe(false);
    },
  );

  it('takes as hashable exactly what comes back from UTF-8 unchanged, within 72 bytes and without NUL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 90 }), (text) => {
        const bytes = Buffer.from(text);
        const isWhole = bytes.toString() === text && bytes.length <= 72 && !bytes.includes(0);
        expect(isHashable(text)).toBe(isWhole);
      }),
    );
  });

  it('S13 does the work of a check for a user that does not exist, and never lets him in', async () => {
    expect(await quick.verifyNobody('correct horse')).toBe(false);
    expect(await quick.verifyNobody('x'.repeat(100))).toBe(false);
  });

  it('answers false for a stored text that is no hash', async () => {
    expect(await quick.verify('x', 'not a hash')).toBe(false);
  });

  it('hashes many at once, none of them swapped', async () => {
    const words = Array.from({ length: 20 }, (_, index) => `word ${index}`);
    const hashes = await Promise.all(words.map((word) => quick.hash(word)));
    const checks = await Promise.all(words.map((word, index) => quick.verify(word, hashes[index] ?? '')));
    expect(checks).toEqual(words.map(() => true));
  });

  it('leaves the event loop and the threads of files and look-ups free', async () => {
    // More hashes at once than libuv has threads, each of them long: on its pool they would go first.
    const many = createPasswords({ cost: 12, concurrency: 6 });
    const finished: string[] = [];
    const hashes = Array.from({ length: 6 }, () => many.hash('x').then(() => finished.push('hash')));
    await Promise.all([lookup('localhost'), readFile(new URL(import.meta.url)), new Promise(setImmediate)]);
    finished.push('the rest');
    await Promise.all(hashes);
    expect(finished[0]).toBe('the rest');
    await many.close();
  });

  it('works again after its threads were ended', async () => {
    const passwords = createPasswords({ cost: 4 });
    const hash = await passwords.hash('x');
    await passwords.close();
    expect(await passwords.verify('x', hash)).toBe(true);
    await passwords.close();
  });
});
