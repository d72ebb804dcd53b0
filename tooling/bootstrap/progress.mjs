// Shows how far the install is: in place at a terminal, else a line now and then.
const TERMINAL_MS = 100;
const PLAIN_MS = 5_000;

export function createProgress(title) {
  const isTerminal = process.stderr.isTTY === true;
  const counts = { resolved: 0, imported: 0 };
  let shownAt = Number.NEGATIVE_INFINITY;
  const show = () => {
    const text = `${title}: ${counts.imported} of ${counts.resolved}`;
    process.stderr.write(isTerminal ? `\r${text}` : `${text}\n`);
    shownAt = performance.now();
  };
  return {
    count(status) {
      if (status in counts) counts[status]++;
      if (performance.now() - shownAt > (isTerminal ? TERMINAL_MS : PLAIN_MS)) show();
    },
    end() {
      show();
      if (isTerminal) process.stderr.write('\n');
    },
  };
}
