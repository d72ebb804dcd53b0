// Loaded into each process that we start, before its own code: when we go, however we go, the process ends by itself
// in good order, and if it does not, this ends it.
const LIMIT_MS = 3_500;

process.once('disconnect', () => setTimeout(() => process.exit(1), LIMIT_MS));
// Listening alone must not keep a process alive that has done its work.
process.channel?.unref();
