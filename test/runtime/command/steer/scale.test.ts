/** `anchorage scale` refuses what it cannot mean before it looks for a run. */
import test from 'ava';
import {anchorage} from '../../../helpers/process.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const refused: Record<string, readonly [args: readonly string[], line: string]> = {
  'an actor that is named twice': [
    ['sampler=1', 'sampler=2'],
    'sampler=1 sampler=2: an actor is named twice; give each one count',
  ],
  'a count that is none': [['sampler=two'], 'sampler=two: not ACTOR=COUNT, such as sampler=3'],
  'an actor that there is not': [
    ['painter=1'],
    'there is no actor painter; one of sampler, reviser, answerer, judge, filter, reference, learner, evaluator',
  ],
};
for (const [title, [args, line]] of Object.entries(refused)) {
  test.serial(`${title} is refused in one line`, async (t) => {
    const ended = await anchorage(t, ['scale', ...args], {cwd: temporaryFolder(t)});
    t.deepEqual(ended, {code: 1, stdout: '', stderr: `${line}\n`});
  });
}
