/** Programs of objectives come and go with what is asked; here they are names. */
import test from 'ava';
import {objectiveInUse} from '../../../runtime/learning/objective-in-use.js';

const open = () => {
  const open: string[] = [];
  const programsOf = (expression: string) => {
    open.push(expression);
    return {
      compileLike: async () => undefined,
      dispose: async () => {
        open.splice(open.indexOf(expression), 1);
      },
    };
  };
  return {open, objective: objectiveInUse('dpo', programsOf, async () => undefined)};
};

test('What was prepared and is not to come is disposed of; what is in use is not', async (t) => {
  const {open: compiled, objective} = open();
  await objective.prepare('apo_zero');
  await objective.prepare('kto_pair');
  await objective.forget('apo_zero');
  t.deepEqual(compiled, ['dpo', 'kto_pair']);
  await objective.switchTo('kto_pair');
  await objective.forget('kto_pair');
  await objective.forget('sft');
  t.deepEqual(compiled, ['kto_pair']);
  t.is(objective.current().expression, 'kto_pair');
});

test('A switch has its programs though they are forgotten while it waits', async (t) => {
  const {open: compiled, objective} = open();
  const switching = objective.switchTo('apo_zero');
  await Promise.all([objective.forget('apo_zero'), switching]);
  t.deepEqual(compiled, ['apo_zero']);
  await objective.prepare('kto_pair');
  await Promise.all([objective.forget('kto_pair'), objective.switchTo('kto_pair')]);
  t.deepEqual(compiled, ['kto_pair']);
  t.is(objective.current().expression, 'kto_pair');
});
