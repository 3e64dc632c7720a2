import test from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {assertTrainable, type TrainingPair} from '../../../runtime/learning/pair.js';

const good: TrainingPair = {
  promptIds: [1],
  chosenIds: [2],
  rejectedIds: [3],
  referenceChosenLogps: -1.5,
  referenceRejectedLogps: -2.5,
};

test('what cannot be trained on is refused, with the pair and the remedy', (t) => {
  const refused = (changes: Partial<TrainingPair>, message: RegExp): void => {
    t.throws(() => assertTrainable({...good, ...changes}, 4, 64), {instanceOf: TerminalError, message});
  };
  t.notThrows(() => assertTrainable(good, 4, 64));
  refused({rejectedIds: []}, /pair 4 .* completion without tokens; reject/);
  refused({promptIds: []}, /pair 4 .* no prompt token/);
  refused(
    {promptIds: new Array(60).fill(1), chosenIds: new Array(5).fill(2)},
    /pair 4 .* 65 tokens .* takes 64; truncate/,
  );
  refused({referenceChosenLogps: Number.NaN}, /pair 4 .* NaN and -2.5; both must be finite/);
});
