/** A thread file that ends its thread while it is loaded. */
process.exit(4);
