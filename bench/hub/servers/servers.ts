// One server at a time: started on its cores, with a token that it takes.
import type { ServerName } from '../clients/dialects.ts';
import { startHub } from './hub.ts';
import { startCentrifugo, startNodePeer } from './peers.ts';
import type { Stores } from './stores.ts';

export interface RunningServer {
  readonly port: number;
  readonly pid: number;
  readonly token: string;
  stop(): Promise<void>;
}

export interface Place {
  readonly cores: string;
  /** For files of this run. */
  readonly folder: string;
  /** Of servers that run on Node, beside `NODE_OPTIONS`. */
  readonly nodeOptions: readonly string[];
  readonly stores: Stores;
}

/**
 * On a large machine V8 gives new objects up to 128 MiB, as soon as many connections come at once, and keeps them: more
 * than what it holds of ten thousand connections. These are the 16 MiB that it gave before, for each server alike.
 */
const NODE_OPTIONS = ['--max-semi-space-size=16'];

export function startServer(name: ServerName, given: Place): Promise<RunningServer> {
  const place = { ...given, nodeOptions: [...NODE_OPTIONS, ...given.nodeOptions] };
  switch (name) {
    case 'hub':
      return startHub(place);
    case 'ws':
      return startNodePeer('plain-ws.ts', place);
    case 'socket.io':
      return startNodePeer('socket-io.ts', place);
    case 'centrifugo':
      return startCentrifugo(place);
  }
}
