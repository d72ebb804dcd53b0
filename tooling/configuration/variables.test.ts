import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDeclared, findDocumented } from './variables.ts';

const root = join(import.meta.dirname, '../..');

describe('docs/configuration.md', () => {
  it('explains every variable that a service, Compose or .env.example knows', () => {
    const documented = findDocumented(root);
    const missing = [...findDeclared(root)].filter(([name]) => !documented.has(name));
    expect(missing).toEqual([]);
  });

  it('explains no variable that nothing knows', () => {
    const declared = findDeclared(root);
    expect([...findDocumented(root)].filter((name) => !declared.has(name))).toEqual([]);
  });

  it('is compared with what the sources really declare', () => {
    const declared = findDeclared(root);
    expect(declared.get('PORT')).toContain('apps/books-api/src/config.ts');
    expect(declared.get('MAX_THREADS')).toEqual([
      'apps/session-runner/src/config.ts',
      'docker-compose.yml',
      '.env.example',
    ]);
    expect(declared.get('JOURNEY_PAGES')).toEqual(['apps/session-runner/src/journeys/journey-config.ts']);
    expect(declared.get('BOOKS_PORT')).toContain('docker-compose.yml');
    expect(declared.get('BODY_LIMIT_BYTES')).toContain('packages/service-kit/src/config/http-config.ts');
  });
});
