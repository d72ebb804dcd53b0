// What every npm script of the root runs: it brings an installed workspace and the right Node about, then hands over.
// Plain JavaScript without dependencies, because nothing is installed yet. This first file is written so that even a
// Node far too old can read it and say so.
const OLDEST_NODE = 20;

const major = Number(process.versions.node.split('.')[0]);
if (major < OLDEST_NODE) {
  console.error(
    `This needs Node ${OLDEST_NODE} or newer, and this is Node ${process.versions.node}: see https://nodejs.org.`,
  );
  process.exit(1);
}

import('./commands.mjs').then(({ runCommand }) => runCommand(process.argv.slice(2)));
