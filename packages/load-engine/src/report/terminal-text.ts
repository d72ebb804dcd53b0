/** Text that is safe and coloured for a terminal. */
import { styleText } from 'node:util';

export interface ConsoleStyle {
  /** Characters in a line. */
  readonly columns: number;
  readonly color: boolean;
}

type Color = 'green' | 'red' | 'yellow' | 'bold' | 'dim';

export function paint(style: ConsoleStyle, color: Color, text: string): string {
  return style.color ? styleText(color, text, { validateStream: false }) : text;
}

/** Names and messages come from servers and scenarios: no control character of theirs may reach the terminal. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\0-\x1f\x7f-\x9f]+/g, ' ').trimEnd();
}
