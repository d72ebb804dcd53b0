// One readable log of all services: each line with the name of its service, JSON lines made pretty.
import { styleText } from 'node:util';
import { prettyFactory } from 'pino-pretty';

export interface Log {
  /** A line as the service wrote it. */
  line(service: string, text: string): void;
  /** A sentence of the supervisor about a service. */
  news(service: string, sentence: string): void;
}

const COLOURS = ['cyan', 'magenta', 'yellow', 'green', 'blue'] as const;

export function createLog(names: readonly string[], write: (text: string) => void, isTerminal: boolean): Log {
  const width = Math.max(...names.map((name) => name.length));
  const pretty = prettyFactory({
    colorize: isTerminal,
    ignore: 'pid,hostname,name,service',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  const prefix = (service: string) => {
    const text = `${service.padEnd(width)} │`;
    const colour = COLOURS[names.indexOf(service) % COLOURS.length] ?? 'cyan';
    return isTerminal ? styleText(colour, text, { validateStream: false }) : text;
  };
  return {
    line: (service, text) => {
      if (text.trim() === '') return;
      const shown = text.startsWith('{') ? pretty(text).trimEnd() : text;
      for (const part of shown.split('\n')) write(`${prefix(service)} ${part}\n`);
    },
    news: (service, sentence) => {
      const shown = isTerminal ? styleText('bold', sentence, { validateStream: false }) : sentence;
      write(`${prefix(service)} ${shown}\n`);
    },
  };
}
