/** The process of the server with a known latency; it listens on a free port, and does what its parent orders. */
import { once } from 'node:events';
import { KnownServer } from './known-server.ts';
import type { Order, Reply } from './orders.ts';

const known = new KnownServer();
known.server.listen(0, '127.0.0.1', 4096);
await once(known.server, 'listening');
const address = known.server.address();
process.on('message', (order: Order) => {
  if (order === 'log') return reply(known.log);
  known.reset(order.reset);
  reply('ready');
});
// Whoever ordered is gone.
process.on('disconnect', () => process.exit());
reply({ port: typeof address === 'object' ? (address?.port ?? 0) : 0 });

function reply(text: Reply): void {
  process.send?.(text);
}
