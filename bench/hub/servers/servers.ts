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
  /** Of servers that run on Node. */
  readonly nodeOptions: readonly string[];
  readonly stores: Stores;
}

export function startServer(name: ServerName, place: Place): Promise<RunningServer> {
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
