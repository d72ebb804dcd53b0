import { describe, expect, it } from 'vitest';
import { examineCores, examineFiles, examineMemory, examineNode } from './doctor.ts';

const GIB = 2 ** 30;

describe('npm run doctor', () => {
  it('refuses a Node that cannot run TypeScript, and says how to get one', () => {
    expect(examineNode('24.21.0').verdict).toBe('ok');
    expect(examineNode('22.1.0')).toMatchObject({ verdict: 'bad', sentence: expect.stringContaining('npm') });
  });

  it('warns of one core and of little memory', () => {
    expect(examineCores(2).verdict).toBe('ok');
    expect(examineCores(1)).toMatchObject({ verdict: 'weak', sentence: expect.stringContaining('1 core:') });
    expect(examineMemory(8 * GIB, 4 * GIB).verdict).toBe('ok');
    expect(examineMemory(GIB, GIB / 2).verdict).toBe('weak');
  });

  it('judges the limit of open files, and names the command that raises it', () => {
    expect(examineFiles(undefined).verdict).toBe('ok');
    expect(examineFiles(1_000_000).verdict).toBe('ok');
    expect(examineFiles(300)).toMatchObject({
      verdict: 'weak',
      sentence: expect.stringContaining('ulimit -n'),
    });
    expect(examineFiles(64).verdict).toBe('bad');
  });
});
