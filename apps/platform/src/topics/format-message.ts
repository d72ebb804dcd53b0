// A message of a topic as a line for people, or for scripts.
import { styleText } from 'node:util';

export interface TopicMessage {
  readonly topic: string;
  readonly payload: unknown;
  /** Unix milliseconds. */
  readonly sentAt: number;
  readonly fromUser: string | null;
}

export interface FormatOptions {
  /** One JSON object a line: `{topic, payload, sent_at, from_user}`. */
  readonly json: boolean;
  readonly colours: boolean;
}

export function formatMessage(message: TopicMessage, { json, colours }: FormatOptions): string {
  const { topic, payload, sentAt, fromUser } = message;
  if (json) return JSON.stringify({ topic, payload, sent_at: sentAt, from_user: fromUser });
  const style = (format: 'dim' | 'cyan', text: string) =>
    colours ? styleText(format, text, { validateStream: false }) : text;
  const sender = fromUser === null ? '' : style('dim', ` from ${fromUser}`);
  return `${style('dim', formatTime(sentAt))}  ${style('cyan', topic)}${sender}  ${JSON.stringify(payload)}`;
}

/** The time of day here, to the millisecond. */
function formatTime(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}
