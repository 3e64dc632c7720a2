import test from 'ava';
import {
  filesOf,
  formatState,
  initialState,
  parseState,
} from '../../../../actors/learner/io/training-state.js';
import {TerminalError} from '../../../../runtime/errors.js';

const setting = {
  seed: 0,
  objective: {revision: 1, name: 'dpo', beta: 0.1, learningRate: 1e-5, settings: {}},
  schedule: {peak: 1e-5, warmupSteps: 0, totalSteps: 100},
};

test('a state comes back as it was written', (t) => {
  const state = {
    ...initialState,
    step: 50,
    position: {epoch: 2, index: 16},
    pairSequence: 320,
    pairsTrained: 336,
  };
  t.deepEqual(parseState(formatState(state, setting), 'state.json'), state);
});

for (const text of [
  '',
  '{"step": 1',
  '{"state": {"step": 1}}',
  formatState({...initialState, step: -1}, setting),
]) {
  test(`a damaged state is refused by the name of its file: ${text || 'empty'}`, (t) => {
    const error = t.throws(() => parseState(text, 'runs/a/training/step-000001.json'), {
      instanceOf: TerminalError,
    });
    t.regex(error?.message ?? '', /^runs\/a\/training\/step-000001\.json: /);
  });
}

test('files of later steps sort after those of earlier ones', (t) => {
  t.deepEqual([filesOf(1000), filesOf(50)].map(({checkpoint}) => checkpoint).sort(), [
    'checkpoints/step-000050',
    'checkpoints/step-001000',
  ]);
});
