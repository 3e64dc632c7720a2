/**
 * What a person at a terminal is told: every line that this process writes goes through here, so that it has no secret in
 * it and nothing that steers the terminal, whoever said it first.
 */
import {plain, plainRow} from './text/plain-text.js';
import {redacted} from './text/redact.js';

/** A text of one line or more, as it may be written. */
export const safe = (text: string): string => plain(redacted(text));

/** The same for what must keep to one row. */
export const safeRow = (text: string): string => plainRow(redacted(text));

/** Writes to the standard output. */
export const say = (text: string): void => {
  process.stdout.write(`${safe(text)}\n`);
};

/** Writes to the standard error: what is wrong. */
export const complain = (text: string): void => {
  process.stderr.write(`${safe(text)}\n`);
};
