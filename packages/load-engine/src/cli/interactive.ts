/** `loadspiker -i`: requests by hand, one line each, with their times and the figures of all. */
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { Engine, type EngineOptions } from '../engine/engine.ts';
import type { ExecuteResult } from '../engine/request.ts';
import { toMessage } from '../errors.ts';
import { formatBytes, formatCount, formatMs } from '../report/format.ts';

const HELP = `get URL             sends a GET
post URL BODY       sends a POST
put, patch, delete  the same
metrics             shows the figures of all requests so far
reset               sets them to zero
help                shows this
quit, exit, q       ends`;
const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head'];
const SHOWN_BODY = 500;

/** Ends with the input, or when it is told to. */
export async function interact(
  input: Readable,
  output: Writable,
  options: EngineOptions = {},
): Promise<void> {
  await using engine = new Engine(options);
  const lines = createInterface({ input, output, prompt: 'loadspiker> ' });
  const say = (text: string) => output.write(`${text}\n`);
  say('Requests by hand: "help" shows what can be typed, "quit" ends.');
  // A pipe may end while its last line is still worked off.
  let isOpen = true;
  lines.once('close', () => {
    isOpen = false;
  });
  lines.prompt();
  for await (const line of lines) {
    const [word = '', ...rest] = line.trim().split(/\s+/);
    const command = word.toLowerCase();
    if (['quit', 'exit', 'q'].includes(command)) break;
    try {
      if (command !== '') say(await obey(engine, command, rest, line));
    } catch (error) {
      say(toMessage(error));
    }
    if (isOpen) lines.prompt();
  }
  lines.close();
}

async function obey(
  engine: Engine,
  command: string,
  words: readonly string[],
  line: string,
): Promise<string> {
  if (METHODS.includes(command)) return send(engine, command, words, line);
  if (command === 'metrics') return describeMetrics(engine);
  if (command === 'help') return HELP;
  if (command !== 'reset') return `"${command}" is no command here: "help" shows them.`;
  engine.resetMetrics();
  return 'All figures are zero.';
}

async function send(engine: Engine, method: string, [url]: readonly string[], line: string): Promise<string> {
  if (url === undefined) return `${method} needs a URL, such as: ${method} localhost:5000/books`;
  // The body is the rest of the line as it was typed.
  const body = line.slice(line.indexOf(url) + url.length).trim();
  const isJson = /^[[{]/.test(body);
  const result = await engine.executeRequest(/^[a-z]+:\/\//i.test(url) ? url : `http://${url}`, {
    method: method.toUpperCase(),
    ...(body !== '' && { body }),
    ...(isJson && { headers: { 'Content-Type': 'application/json' } }),
  });
  return describe(result);
}

function describe({ success, statusCode, responseTimeMs, body, errorMessage }: ExecuteResult): string {
  const size = formatBytes(Buffer.byteLength(body));
  const status = statusCode === 0 ? 'no answer' : `status ${statusCode}`;
  const head = `${success ? '✓' : '✗'} ${status} in ${formatMs(responseTimeMs)} ms, ${size}${errorMessage === '' ? '' : `: ${errorMessage}`}`;
  const shown = body.length > SHOWN_BODY ? `${body.slice(0, SHOWN_BODY)}…` : body;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a server must not steer the terminal
  return shown === '' ? head : `${head}\n${shown.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]+/g, ' ')}`;
}

function describeMetrics(engine: Engine): string {
  return Object.entries(engine.getMetrics())
    .map(([name, value]) => `${name.padEnd(24)} ${typeof value === 'number' ? formatFigure(value) : value}`)
    .join('\n');
}

function formatFigure(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : value.toFixed(3);
}
