// Loaded into each service before its own code: when the supervisor goes, however it goes, the service ends by itself
// in good order, and if it does not, this ends it.
const LIMIT_MS = 3_500;

process.once('disconnect', () => setTimeout(() => process.exit(1), LIMIT_MS));
