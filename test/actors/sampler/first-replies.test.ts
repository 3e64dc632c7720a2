import test from 'ava';
import {watchFirstReplies} from '../../../actors/sampler/first-replies.js';
import {TerminalError} from '../../../runtime/errors.js';

const place = {baseUrl: 'http://gpu:8000/v1', model: 'base', policy: 'Qwen/Qwen3-8B'};
const times = (count: number, work: () => void): void => {
  for (let done = 0; done < count; done++) work();
};

test('Eight texts on end that are not their tokens are another model’s; one among others is not', (t) => {
  const replies = watchFirstReplies(place);
  times(3, () => {
    times(7, () => replies.agreed('other_text'));
    replies.agreed('same');
  });
  times(7, () => replies.agreed('other_text'));
  replies.agreed('unknown');
  t.throws(() => replies.agreed('other_text'), {
    instanceOf: TerminalError,
    message:
      'endpoint http://gpu:8000/v1, model base: the tokens of 8 answers on end are not their texts by the policy’s tokenizer, so it is another model than policy.model Qwen/Qwen3-8B; serve that one, or correct actors.sampler.model or policy.model',
  });
});

test('A server whose first 16 prompts have no answer to train on ends it; not once there was one', (t) => {
  const replies = watchFirstReplies(place);
  times(15, () => replies.unusable('it was cut off'));
  t.throws(() => replies.unusable('it was cut off'), {
    instanceOf: TerminalError,
    message:
      /none of the first 16 prompts has an answer that can be trained on, the last: it was cut off; raise/,
  });
  const useful = watchFirstReplies(place);
  useful.usable();
  t.notThrows(() => times(40, () => useful.unusable('it was cut off')));
});
