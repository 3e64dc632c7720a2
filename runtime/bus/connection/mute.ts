/** A server that cannot write: it takes connections, and its JetStream says nothing to them. */
import {randomUUID} from 'node:crypto';
import {failureOf} from './failures.js';
import type {Line} from './link.js';
import {openQuestions} from './requests.js';

const ANSWER_TIMEOUT_MS = 5_000;
const QUESTION = '$JS.API.INFO';

/**
 * Tells whether the server is so, by a connection of its own each time, one for all that wonder at that moment. One that is
 * away or stands still is not.
 *
 * @param open makes the connection.
 */
export const mutenessOf = (open: () => Promise<Line>): (() => Promise<boolean>) => {
  let sounding: Promise<boolean> | undefined;
  return () => {
    sounding ??= isMute(open).finally(() => {
      sounding = undefined;
    });
    return sounding;
  };
};

const isMute = async (open: () => Promise<Line>): Promise<boolean> => {
  let line: Line;
  try {
    line = await open();
  } catch {
    return false;
  }
  try {
    const questions = openQuestions(line, `_INBOX.${randomUUID()}`, ANSWER_TIMEOUT_MS);
    await questions.ask(QUESTION, (reply) => line.send(QUESTION, '', reply));
    return false;
  } catch (error) {
    return failureOf(error) === 'silent';
  } finally {
    await line.close();
  }
};
