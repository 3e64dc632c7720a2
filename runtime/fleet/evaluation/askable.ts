/** Whether a fleet's policy can be asked what a suite asks. Pure. */
import {TerminalError} from '../../errors.js';
import type {OpenedSuite} from '../../suites/suites.js';
import type {Fleet} from '../file/schema.js';

/** @throws TerminalError where an item has turns that follow, which are asked by a chat template alone. */
export const requireAskable = (suite: OpenedSuite, {policy}: Pick<Fleet, 'policy'>): void => {
  if (suite.kind !== 'answers' || policy.format === 'chat') return;
  const several = suite.items.findIndex(({followUps = []}) => followUps.length > 0);
  if (several >= 0)
    throw new TerminalError(
      `evaluation: suite ${suite.suite}: item ${several + 1} has followUps, which need the chat template; set policy.format to chat, or leave them out`,
    );
};
