// The client in a page: it shows what the hub says, as it comes.
// In the address: ?hub=ws://localhost:8081/ws&token=… (a token is what POST /sessions gives).
import { RealtimeClient } from '@trafficflux/realtime-client';

const settings = new URLSearchParams(location.search);
const client = new RealtimeClient(
  settings.get('hub') ?? 'ws://localhost:8081/ws',
  settings.get('token') ?? 'your-jwt-token',
);

client.on('connected', () => show('Connected to realtime service'));
client.on('disconnected', ({ code, reason }) => show(`Disconnected: ${code} - ${reason}`));
client.on('reconnecting', ({ attempt, delayMs }) =>
  show(`Reconnecting in ${delayMs}ms... (attempt ${attempt})`),
);
client.on('stopped', (error) => show(`Stopped: ${error.message}`));
client.on('error', (error) => console.error(error));

client.on('Broadcast', ({ topic, payload }) => show(`${topic}: ${JSON.stringify(payload)}`));
client.on('DirectMessage', ({ from_user, payload }) => show(`${from_user}: ${JSON.stringify(payload)}`));

await client.connect();
// Once is enough: after a break the client subscribes again by itself.
client.subscribe(['chat.general']);
client.broadcast('chat.general', { message: 'Hello from the browser' });

function show(text) {
  document.body.append(Object.assign(document.createElement('p'), { textContent: text }));
}
