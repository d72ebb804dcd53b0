// The Node client: node node-client.mjs [address of the hub] [token]
import { NodeRealtimeClient } from '@trafficflux/realtime-client/node';

const [url = 'ws://localhost:8081/ws', token = 'your-jwt-token'] = process.argv.slice(2);

async function main() {
  const client = new NodeRealtimeClient(url, token);

  // Set up event handlers
  client.on('connected', () => {
    console.log('Connected!');
    client.subscribe(['notifications', 'updates']);
  });

  client.on('Broadcast', (data) => {
    console.log('Broadcast received:', data.topic, JSON.stringify(data.payload));
  });

  client.on('DirectMessage', (data) => {
    console.log('Direct message from', data.from_user, ':', JSON.stringify(data.payload));
  });

  client.on('disconnected', ({ code, reason }) => {
    console.log(`Disconnected: ${code} - ${reason}`);
  });

  client.on('error', (error) => {
    console.error('Client error:', error.message);
  });

  process.once('SIGINT', () => client.disconnect());

  // Connect to service
  try {
    await client.connect();

    // Send a broadcast message
    client.broadcast('notifications', {
      title: 'Hello from Node.js',
      message: 'This is a test notification',
    });
  } catch (error) {
    console.error('Failed to connect:', error.message);
  }
}

main();
