/** A thread file that cannot be loaded. */
throw new Error('a secret of the machine');
