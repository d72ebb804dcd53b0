// How a client talks to each server: the same steps in four languages.
import type { MessagesInFrame } from './frames.ts';

export const SERVERS = ['hub', 'ws', 'socket.io', 'centrifugo'] as const;
export type ServerName = (typeof SERVERS)[number];

/** Something to say, unless it is the server's turn, and the answer to wait for. */
export interface Step {
  readonly say?: string;
  readonly until: (text: string) => boolean;
}

export interface Dialect {
  /** Of the handshake; the token goes where the server looks for it. */
  toPath(token: string): string;
  /** From the handshake until the server knows who we are. */
  toGreeting(token: string): readonly Step[];
  toSubscription(topic: string): Step;
  /** Whether the server will not do what was asked. */
  isRefusal(text: string): boolean;
  /** `payload` is JSON. */
  toPublication(topic: string, payload: string): string;
  readonly messagesInFrame: MessagesInFrame;
}

const includes = (part: string) => (text: string) => text.includes(part);
const startsWith = (part: string) => (text: string) => text.startsWith(part);

const hub: Dialect = {
  toPath: (token) => `/ws?token=${token}`,
  toGreeting: () => [{ until: includes('"connected"') }],
  toSubscription: (topic) => ({
    say: JSON.stringify({ type: 'Subscribe', data: { topics: [topic] } }),
    until: includes('"subscribed"'),
  }),
  toPublication: (topic, payload) => `{"type":"Broadcast","data":{"topic":"${topic}","payload":${payload}}}`,
  isRefusal: startsWith('{"type":"Error"'),
  messagesInFrame: 'one',
};

export const dialects: Readonly<Record<ServerName, Dialect>> = {
  hub,
  // The plain server speaks as the hub does.
  ws: hub,
  'socket.io': {
    toPath: () => '/socket.io/?EIO=4&transport=websocket',
    toGreeting: (token) => [
      { until: startsWith('0{') },
      { say: `40${JSON.stringify({ token })}`, until: startsWith('40{') },
    ],
    // With an acknowledgement, whose number is 1.
    toSubscription: (topic) => ({ say: `421["subscribe","${topic}"]`, until: startsWith('431') }),
    toPublication: (topic, payload) => `42["publish","${topic}",${payload}]`,
    isRefusal: startsWith('44{'),
    messagesInFrame: 'one',
  },
  centrifugo: {
    toPath: () => '/connection/websocket',
    toGreeting: (token) => [
      { say: JSON.stringify({ id: 1, connect: { token } }), until: startsWith('{"id":1,"connect"') },
    ],
    toSubscription: (channel) => ({
      say: JSON.stringify({ id: 2, subscribe: { channel } }),
      until: startsWith('{"id":2,"subscribe"'),
    }),
    toPublication: (channel, payload) => `{"id":3,"publish":{"channel":"${channel}","data":${payload}}}`,
    isRefusal: includes('"error":'),
    messagesInFrame: 'lines',
  },
};
