// `npm run watch -- campaigns.<id>`: a page in the browser that shows what is published on topics of the hub.
import { parseArgs } from 'node:util';
import { servePage } from './serve-page.ts';

const USAGE = `npm run watch -- [topics...] [--hub http://localhost:8081] [--port 5173]`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      hub: { type: 'string', default: 'http://localhost:8081' },
      port: { type: 'string', default: '5173' },
    },
  });
  const page = await servePage({ hub: values.hub, port: Number(values.port), topics: positionals });
  console.log(`Watch the hub at ${values.hub} in your browser: ${page.url}\nCtrl-C ends it.`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void page.close());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(USAGE);
  process.exitCode = 2;
}
