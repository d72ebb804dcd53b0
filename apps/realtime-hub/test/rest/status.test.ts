// Contracts 4.5, H11 and H15: /health, /metrics and /info.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hub, startHub } from '../service.ts';
import { openSocket } from '../sockets/socket.ts';

let hub: Hub;
beforeAll(async () => {
  hub = await startHub({ MAX_CONNECTIONS: '2', HEARTBEAT_INTERVAL: '1500ms', CLIENT_TIMEOUT_SECS: '20' });
});
afterAll(() => hub.close());

const COUNTS = {
  active_connections: expect.any(Number),
  total_connections: expect.any(Number),
  messages_sent: expect.any(Number),
  messages_received: expect.any(Number),
  errors: expect.any(Number),
};

describe('GET /health', () => {
  test('is 200 with the documented fields, and asks for no token', async () => {
    const { status, json } = await hub.get('/health');
    expect([status, Object.keys(json)]).toEqual([
      200,
      ['status', 'active_connections', 'max_connections', 'uptime_seconds'],
    ]);
    expect(json).toMatchObject({ status: 'healthy', active_connections: 0, max_connections: 2 });
    expect(Number.isInteger(json.uptime_seconds)).toBe(true);
    // Of the process, and not the time of day.
    expect(json.uptime_seconds).toBeLessThan(86_400);
  });

  test('is 503 in the documented shape when the hub is full, and 200 again when somebody left', async () => {
    const { access_token: token } = await hub.signUp('ada');
    const port = await hub.port();
    const [first, second] = [await openSocket(port, { token }), await openSocket(port, { token })];
    const { status, json } = await hub.get('/health');
    expect([status, json]).toEqual([
      503,
      { status: 'unhealthy', reason: 'At capacity', active_connections: 2, max_connections: 2 },
    ]);
    first.ws.close(1000);
    await expect.poll(async () => (await hub.get('/health')).status).toBe(200);
    second.ws.close(1000);
    await expect.poll(async () => (await hub.get('/health')).json.active_connections).toBe(0);
  });

  test('/health/ready asks the stores, /health/live only the process', async () => {
    for (const path of ['/health/ready', '/health/live']) expect((await hub.get(path)).status).toBe(200);
  });
});

describe('GET /metrics', () => {
  test('is JSON of five integers by default', async () => {
    const { status, json, headers } = await hub.get('/metrics');
    expect([status, json]).toEqual([200, COUNTS]);
    expect(Object.keys(json)).toEqual(Object.keys(COUNTS));
    for (const count of Object.values(json)) expect(Number.isInteger(count)).toBe(true);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
  });

  test('counts sockets and messages', async () => {
    const before = (await hub.get('/metrics')).json;
    const { access_token: token } = await hub.signUp('bob');
    const socket = await openSocket(await hub.port(), { token });
    socket.send({ type: 'Ping', data: { timestamp: 1 } });
    await socket.next('Pong');
    socket.send('{ broken');
    await socket.next('Error');
    const after = (await hub.get('/metrics')).json;
    expect(after.active_connections - before.active_connections).toBe(1);
    expect(after.total_connections - before.total_connections).toBe(1);
    expect(after.messages_received - before.messages_received).toBe(2);
    expect(after.messages_sent - before.messages_sent).toBe(3);
    expect(after.errors - before.errors).toBe(1);
    socket.ws.close(1000);
    await socket.closed;
    await expect.poll(async () => (await hub.get('/metrics')).json.active_connections).toBe(0);
    expect((await hub.get('/metrics')).json.total_connections).toBe(after.total_connections);
  });

  const PROMETHEUS =
    'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
  test.each([
    [PROMETHEUS, 'text'],
    ['text/plain', 'text'],
    ['TEXT/PLAIN', 'text'],
    ['text/plain;version=0.0.4', 'text'],
    ['application/openmetrics-text', 'text'],
    ['text/*', 'text'],
    ['text/plain, application/json;q=0.9', 'text'],
    ['application/json;q=0.1, text/plain ; q=0.2', 'text'],
    ['text/plain, */*;q=0.1', 'text'],
    ['*/*', 'JSON'],
    ['', 'JSON'],
    ['application/json', 'JSON'],
    ['application/*', 'JSON'],
    ['text/plain, application/json', 'JSON'],
    ['text/plain;q=0.5, application/json;q=0.5', 'JSON'],
    ['text/plain, */*', 'JSON'],
    ['text/plain;q=0, */*;q=0.1', 'JSON'],
    ['text/plain;q=0.5, application/json', 'JSON'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'JSON'],
    ['text/plain;q=nonsense', 'JSON'],
    [',,;;==', 'JSON'],
    [`${'text/plain;q=0,'.repeat(200)}application/json`, 'JSON'],
  ])('H15 answers Accept %j with %s', async (accept, format) => {
    const { status, headers } = await hub.get('/metrics', { accept });
    expect([status, headers['content-type'], headers.vary]).toEqual([
      200,
      format === 'text' ? 'text/plain; version=0.0.4; charset=utf-8' : 'application/json; charset=utf-8',
      'Accept',
    ]);
  });

  test('H11 gives text where the query asks for it, whatever the Accept header says', async () => {
    const { text } = await hub.get('/metrics?format=prometheus', { accept: 'application/json' });
    for (const [name, type] of [
      ['realtime_active_connections', 'gauge'],
      ['realtime_max_connections', 'gauge'],
      ['realtime_connections_total', 'counter'],
      ['realtime_messages_sent_total', 'counter'],
      ['realtime_messages_received_total', 'counter'],
      ['realtime_errors_total', 'counter'],
    ]) {
      expect(text).toMatch(new RegExp(`^# HELP ${name} .+\\.$`, 'm'));
      expect(text).toContain(`# TYPE ${name} ${type}\n`);
      expect(text).toMatch(new RegExp(`^${name}\\{service="realtime-hub"\\} \\d+$`, 'm'));
    }
    // What every service of ours measures.
    expect(text).toContain('http_request_duration_seconds_count{');
    expect(text).toContain('process_resident_memory_bytes');
    const json = await hub.get('/metrics?format=json', { accept: 'text/plain' });
    expect(json.json).toEqual(COUNTS);
  });

  test.each(['xml', '', 'JSON', 'json&format=json', 'prometheus&format=json'])(
    'S25 answers ?format=%s with 400 and the name of the parameter',
    async (format) => {
      const { status, json } = await hub.get(`/metrics?format=${format}`);
      expect([status, json]).toEqual([
        400,
        {
          error: {
            code: 'INVALID_REQUEST',
            message: "Parameter 'format' must be json or prometheus",
            details: { field: 'format' },
          },
        },
      ]);
    },
  );

  test('S25 leaves other parameters alone, also in brackets and more than once', async () => {
    for (const query of ['a=1&a=2', 'a[]=1', 'format[]=xml', '%00', '__proto__=1'])
      expect((await hub.get(`/metrics?${query}`)).json).toEqual(COUNTS);
  });
});

describe('GET /info', () => {
  test('tells what is in force, as documented', async () => {
    const port = await hub.port();
    const { status, json } = await hub.get('/info');
    expect([status, json]).toEqual([
      200,
      {
        server: {
          name: 'WebSocket Real-time Communication Server',
          version: '1.0.0',
          config: {
            host: '127.0.0.1',
            port,
            max_connections: 2,
            heartbeat_interval_secs: 1.5,
            client_timeout_secs: 20,
            max_frame_size: 65_536,
          },
        },
        stats: COUNTS,
        features: [
          'websocket',
          'heartbeat',
          'topic_subscription',
          'broadcast_messaging',
          'direct_messaging',
          'connection_management',
          'metrics',
        ],
      },
    ]);
  });
});
