import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { explainPort, findObstacle } from './ports.ts';

it('finds a port taken on IPv4 alone, as localhost is both', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  expect(await findObstacle('localhost', port)).toBe('EADDRINUSE');
  await new Promise((resolve) => server.close(resolve));
  expect(await findObstacle('localhost', port)).toBeUndefined();
});

it('names AirPlay for port 5000 on macOS, and nowhere else', () => {
  expect(explainPort('EADDRINUSE', 'localhost', 5000, 'BOOKS_PORT', 'darwin')).toBe(
    'Port 5000 is already taken (on macOS often by the AirPlay Receiver): choose another with BOOKS_PORT=5001.',
  );
  expect(explainPort('EADDRINUSE', 'localhost', 5000, 'BOOKS_PORT', 'linux')).not.toContain('AirPlay');
});

it('tells a port that needs rights from one that is taken', () => {
  expect(explainPort('EACCES', 'localhost', 80, 'BOOKS_PORT', 'linux')).toBe(
    'Port 80 needs rights that you do not have: choose another with BOOKS_PORT=8080.',
  );
});

it('tells an address that this machine does not have', async () => {
  const code = await findObstacle('203.0.113.1', 5000);
  expect(explainPort(code ?? '', '203.0.113.1', 5000, 'BOOKS_PORT')).toBe(
    'Nothing can listen on 203.0.113.1:5000 (EADDRNOTAVAIL): check HOST and BOOKS_PORT.',
  );
});
