// A tiny service that speaks the supervisor's protocol. TINY_MODE says how it behaves.

import { createServer } from 'node:http';
import { env } from 'node:process';

const { PORT, TINY_MODE } = env;

if (TINY_MODE === 'fails') {
  process.send?.({ type: 'failed', message: 'its configuration is wrong.' }, () => process.exit(1));
} else if (TINY_MODE === 'never-ready') {
  setInterval(() => {}, 60_000);
} else {
  const server = createServer((request, response) => {
    if (request.url === '/crash') process.exit(7);
    response.end(request.url === '/environment' ? JSON.stringify(env) : 'ok');
  });
  server.listen(Number(PORT), '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    console.log(JSON.stringify({ level: 30, time: 0, msg: 'listening' }));
    process.send?.({
      type: 'ready',
      urls: [`http://127.0.0.1:${port}`],
      docs: `http://127.0.0.1:${port}/docs`,
    });
  });
  const end = () => process.exit(0);
  process.on('SIGTERM', TINY_MODE === 'stubborn' ? () => {} : end);
  process.on('disconnect', TINY_MODE === 'stubborn' ? () => {} : end);
}
