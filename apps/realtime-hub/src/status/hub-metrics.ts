// What the hub counts, for Prometheus: asked for at the scrape.
import { addCounter, addGauge, type Metrics } from '@trafficflux/metrics';
import type { HubStatistics } from '../connections/hub-statistics.ts';
import type { HubConfig } from '../hub-config.ts';

/** Adds them to those that every service of ours has. */
export function addHubMetrics(
  metrics: Metrics,
  { maxConnections }: HubConfig,
  statistics: HubStatistics,
): void {
  addGauge(metrics, {
    name: 'realtime_active_connections',
    help: 'Open WebSocket connections.',
    read: () => statistics.activeConnections,
  });
  addGauge(metrics, {
    name: 'realtime_max_connections',
    help: 'WebSocket connections that there may be at once.',
    read: () => maxConnections,
  });
  addCounter(metrics, {
    name: 'realtime_connections_total',
    help: 'WebSocket connections since the start.',
    read: () => statistics.totalConnections,
  });
  addCounter(metrics, {
    name: 'realtime_messages_sent_total',
    help: 'Messages sent to clients, each copy for itself.',
    read: () => statistics.messagesSent,
  });
  addCounter(metrics, {
    name: 'realtime_messages_received_total',
    help: 'Messages received from clients.',
    read: () => statistics.messagesReceived,
  });
  addCounter(metrics, {
    name: 'realtime_connections_dropped_total',
    help: 'Connections ended because they did not read or did not answer.',
    read: () => statistics.dropped,
  });
  addGauge(metrics, {
    name: 'realtime_topics',
    help: 'Topics that somebody is subscribed to by name.',
    read: () => statistics.topics,
  });
  addGauge(metrics, {
    name: 'realtime_wildcard_subscriptions',
    help: 'Subscriptions with a wildcard.',
    read: () => statistics.patterns,
  });
  addCounter(metrics, {
    name: 'realtime_errors_total',
    help: 'Errors of reading, of handling and of sockets.',
    read: () => statistics.errors,
  });
}
