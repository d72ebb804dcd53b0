import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = join(import.meta.dirname, '../../infra/write-secrets.ts');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-secrets-'));
  mkdirSync(join(folder, 'books-api'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("Compose's one-shot service secrets", () => {
  it('makes a random secret of at least 32 bytes once, and keeps it at the next start', () => {
    writeSecrets();
    const first = read('secret-key');
    writeSecrets();
    expect(first).toMatch(/^[\w-]{64}$/);
    expect(read('secret-key')).toBe(first);
  });

  it('makes another secret on another machine', () => {
    writeSecrets();
    const first = read('secret-key');
    rmSync(join(folder, 'books-api/secret-key'));
    writeSecrets();
    expect(read('secret-key')).not.toBe(first);
  });

  it('lets only the owner read its files', () => {
    writeSecrets();
    for (const name of ['secret-key', 'database-url']) {
      expect(statSync(join(folder, 'books-api', name)).mode & 0o777).toBe(0o400);
    }
  });

  it('writes an address that holds any password, and follows a change of it', () => {
    writeSecrets({ POSTGRES_PASSWORD: 'p@ss/w:rd?#%' });
    expect(new URL(read('database-url')).hostname).toBe('postgres');
    expect(decodeURIComponent(new URL(read('database-url')).password)).toBe('p@ss/w:rd?#%');
    writeSecrets({ POSTGRES_PASSWORD: 'other' });
    expect(read('database-url')).toBe('postgresql://postgres:other@postgres:5432/my_project_db');
  });

  it('takes the address of a database elsewhere as it is', () => {
    writeSecrets({ BOOKS_DATABASE_URL: 'postgres://books@db.example/books?sslmode=require' });
    expect(read('database-url')).toBe('postgres://books@db.example/books?sslmode=require');
  });

  it('prints no secret, and says when the password is the documented one', () => {
    expect(writeSecrets()).toContain('set POSTGRES_PASSWORD in .env');
    const output = writeSecrets({ POSTGRES_PASSWORD: 'hunter2' });
    expect(output).not.toContain('hunter2');
    expect(output).not.toContain(read('secret-key'));
    expect(output).not.toContain('set POSTGRES_PASSWORD');
  });
});

function writeSecrets(environment: Record<string, string> = {}): string {
  const env = { PATH: process.env.PATH, SECRETS_FOLDER: folder, ...environment };
  return execFileSync(process.execPath, [script], { env, encoding: 'utf8' });
}

function read(name: string): string {
  return readFileSync(join(folder, 'books-api', name), 'utf8');
}
