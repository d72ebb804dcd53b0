import { describe, expect, it } from 'vitest';
import { isPeerToken, signPeerToken } from './token.ts';

describe('the token of a peer', () => {
  it('is taken as it was signed, and in no other form', () => {
    const token = signPeerToken('bench');
    const [head = '', claims = '', signature = ''] = token.split('.');
    const others = Buffer.from('{"sub":"other","exp":9999999999}').toString('base64url');
    expect(isPeerToken(token)).toBe(true);
    for (const wrong of ['', head, `${head}.${claims}.`, `${head}.${others}.${signature}`])
      expect(isPeerToken(wrong)).toBe(false);
  });
});
