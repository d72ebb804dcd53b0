// Shows how far the install is: in place at a terminal, else a line now and then.
const TERMINAL_MS = 100;
const PLAIN_MS = 5_000;

export function createProgress(title) {
  const isTerminal = process.stderr.isTTY === true;
  const counts = { resolved: 0, imported: 0 };
  let shownAt = performance.now();
  const show = (state) => {
    process.stderr.write(isTerminal ? `\r${title} … ${state}\u001b[K` : `${title} … ${state}\n`);
    shownAt = performance.now();
  };
  show('');
  return {
    count(status) {
      if (status in counts) counts[status]++;
      if (performance.now() - shownAt < (isTerminal ? TERMINAL_MS : PLAIN_MS)) return;
      show(`${counts.imported} of ${counts.resolved}`);
    },
    end() {
      if (counts.imported > 0) show(`${counts.imported} packages`);
      if (isTerminal) process.stderr.write('\n');
    },
  };
}
