import test from 'ava';
import {filesOf, initialState, parseState} from '../../../actors/learner/training-state.js';
import {TerminalError} from '../../../runtime/errors.js';

test('a state comes back as it was written', (t) => {
  const state = {
    ...initialState,
    step: 50,
    position: {epoch: 2, index: 16},
    pairSequence: 320,
    pairsTrained: 336,
  };
  t.deepEqual(parseState(JSON.stringify(state), 'state.json'), state);
});

for (const text of ['', '{"step": 1', '{"step": 1}', JSON.stringify({...initialState, step: -1})]) {
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
