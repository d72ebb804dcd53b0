const SENTENCES = {
  stopped: 'The journey was stopped.',
  'time-limit': 'The time limit of the journey was reached.',
};

/** What cuts a journey short from outside: it passes through the driver untouched. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  override readonly cause: keyof typeof SENTENCES;

  constructor(cause: keyof typeof SENTENCES) {
    super(SENTENCES[cause]);
    this.cause = cause;
  }
}
