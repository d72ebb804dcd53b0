// How events travel: a line with the publisher, then a line per event. JSON on one line holds no line break.

/** Counted per publisher: who has seen a number has seen all before it, or never will. */
export interface NumberedEvent {
  readonly sequence: number;
  readonly topic: string;
  readonly json: string;
}

export interface Message {
  readonly publisher: string;
  readonly events: readonly NumberedEvent[];
}

export function encodeEvent({ sequence, topic, json }: NumberedEvent): string {
  return `${sequence} ${topic} ${json}`;
}

/** Joins events that `encodeEvent` has encoded. */
export function encodeMessage(publisher: string, lines: readonly string[]): string {
  return [publisher, ...lines].join('\n');
}

/** @throws {TypeError} when somebody else sent the text */
export function parseMessage(text: string): Message {
  const [publisher = '', ...lines] = text.split('\n');
  return { publisher, events: lines.map(parseEvent) };
}

function parseEvent(line: string): NumberedEvent {
  const [, sequence, topic, json] = /^(\d+) (\S+) (.+)$/.exec(line) ?? [];
  if (!sequence || !topic || !json) throw new TypeError('The event bus received what no bus has sent.');
  return { sequence: Number(sequence), topic, json };
}
