// Health, metrics and information on the wire, for the OpenAPI document.
import { Type } from 'typebox';

const connections = { active_connections: Type.Integer(), max_connections: Type.Integer() };

export const Health = Type.Object(
  { status: Type.Literal('healthy'), ...connections, uptime_seconds: Type.Integer() },
  { $id: 'Health' },
);

export const Unhealthy = Type.Object(
  { status: Type.Literal('unhealthy'), reason: Type.String(), ...connections },
  { $id: 'Unhealthy' },
);

export const Statistics = Type.Object(
  {
    active_connections: Type.Integer(),
    total_connections: Type.Integer(),
    messages_sent: Type.Integer(),
    messages_received: Type.Integer(),
    errors: Type.Integer(),
  },
  { $id: 'Statistics' },
);

export const Info = Type.Object(
  {
    server: Type.Object({
      name: Type.String(),
      version: Type.String(),
      config: Type.Object({
        host: Type.String(),
        port: Type.Integer(),
        max_connections: Type.Integer(),
        heartbeat_interval_secs: Type.Number(),
        client_timeout_secs: Type.Number(),
        max_frame_size: Type.Integer(),
      }),
    }),
    stats: Type.Ref('Statistics'),
    features: Type.Array(Type.String()),
  },
  { $id: 'Info' },
);
