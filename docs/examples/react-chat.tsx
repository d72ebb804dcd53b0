// A chat on one topic of the hub, with the hook.
import { useRealtime } from '@trafficflux/realtime-client/react';
import { useEffect, useState } from 'react';

interface ChatProps {
  /** `ws://localhost:8081/ws` */
  readonly url: string;
  /** Of POST /sessions. */
  readonly token: string;
}

export function ChatComponent({ url, token }: ChatProps) {
  const { connected, connecting, error, subscribe, broadcast, on } = useRealtime({ url, token });
  const [messages, setMessages] = useState<readonly string[]>([]);

  useEffect(() => {
    if (connected) {
      subscribe(['chat.general']);

      on('Broadcast', (data) => {
        const { message } = data.payload as { readonly message: string };
        setMessages((earlier) => [...earlier, message]);
      });
    }
  }, [connected, subscribe, on]);

  const sendMessage = (message: string) => {
    broadcast('chat.general', { message });
  };

  return (
    <div>
      <p>Status: {connected ? 'Connected' : connecting ? 'Connecting' : 'Disconnected'}</p>
      {error && <p role="alert">{error.message}</p>}
      <ul>
        {messages.map((message, index) => (
          <li key={index}>{message}</li>
        ))}
      </ul>
      <button type="button" disabled={!connected} onClick={() => sendMessage('Hello from React')}>
        Say hello
      </button>
    </div>
  );
}
