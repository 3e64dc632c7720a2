/** Whether a fleet can have what a suite asks for. Pure. */
import {TerminalError} from '../../errors.js';
import type {OpenedSuite} from '../../suites/suites.js';
import type {Evaluation} from '../file/evaluations.js';
import type {Fleet} from '../file/schema.js';

/** @throws TerminalError where items need a judge that is not there, or have turns that follow, which are asked by a chat template alone. */
export const requireAskable = (
  suite: OpenedSuite,
  {judge}: Pick<Evaluation, 'judge'>,
  {policy}: Pick<Fleet, 'policy'>,
): void => {
  if (suite.kind !== 'answers') return;
  if (suite.needsJudge && judge === undefined)
    throw new TerminalError(
      `evaluation: suite ${suite.suite}: a judge grades some of its items; add judge: {endpoint: a key of endpoints, model: its name there}, or leave those items out`,
    );
  if (policy.format === 'chat') return;
  const several = suite.items.findIndex(({followUps = []}) => followUps.length > 0);
  if (several >= 0)
    throw new TerminalError(
      `evaluation: suite ${suite.suite}: item ${several + 1} has followUps, which need the chat template; set policy.format to chat, or leave them out`,
    );
};
