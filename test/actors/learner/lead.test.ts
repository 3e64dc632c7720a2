/** The leading shard's decisions about when an epoch, and the run, are over. */
import test from 'ava';
import {NEVER, ReplaySubject, Subject} from 'rxjs';
import type {Crew} from '../../../actors/learner/io/crew.js';
import type {Outside} from '../../../actors/learner/io/outside.js';
import {initialState} from '../../../actors/learner/io/training-state.js';
import {lead} from '../../../actors/learner/lead.js';
import type {Part} from '../../../actors/learner/step.js';
import type {Training} from '../../../actors/learner/training.js';
import type {PreferencePair} from '../../../proto/messages.js';
import type {Batch} from '../../../runtime/learning/batches.js';
import {alone} from '../../../runtime/learning/shards/shard-exchange.js';
import {memoryExchanges} from '../../helpers/memory-exchange.js';

const never = async (): Promise<void> => undefined;
const objective = {name: 'dpo', beta: 1, learningRate: 1, settings: {}};

/**
 * A part of a run of so many batches, without pairs in them: what it trains on is of no account here.
 *
 * @param onStep called when a step is taken.
 */
const partOf = (batches: number, crew: Partial<Crew>, onStep: (step: number) => void) => {
  const said: string[] = [];
  const training = {
    learner: {
      step: async () => ({}),
      optimizerState: async () => new Map(),
      weights: () => new Map(),
      prepare: never,
      forget: never,
    },
    controls: {
      heard: {controls: [{revision: 1, spec: {objective}}], decisions: new Map(), acknowledgements: []},
      heard$: new ReplaySubject(1),
    },
    objective: {revision: 1, ...objective},
    state: initialState,
    saved: [],
    staleness: {published: () => undefined, measure: () => ({})},
  } as unknown as Training;
  const outside: Outside = {
    goToNewest: async () => 0,
    goToEntry: never,
    async *batches({stop}) {
      let isStopped = false;
      void stop.then(() => {
        isStopped = true;
      });
      for (let {step} = training.state; step < batches; step++) {
        await null;
        if (isStopped) return;
        yield {
          pairs: [],
          next: {epoch: 1, index: step + 1},
          sequence: step + 1,
        } satisfies Batch<PreferencePair>;
      }
    },
    rejectUnfit: never,
    waitingAfter: async () => undefined,
    async announce(phase) {
      if (phase === 'training' && training.state.step > 0) onStep(training.state.step);
      if (phase === 'complete') said.push('complete');
    },
    publishFirst: never,
    async publishLast({state, final}) {
      said.push(`${final ? 'final' : ''} once more at ${state.step}, version ${state.policyVersion}`);
    },
    async save({state, final}) {
      said.push(`${final ? 'final ' : ''}checkpoint at ${state.step}`);
      training.saved = [{step: state.step, folder: '', weightsSha256: '', files: [], trainingFiles: []}];
    },
  };
  const {signal} = new AbortController();
  const context = {
    fleet: {
      training: {steps: 10, warmupSteps: 0, checkpointEverySteps: 100, stepTimeoutMs: 60_000},
      policy: {},
    },
    drain$: NEVER,
    signal,
    timed: (_: string, work: () => Promise<unknown>) => work(),
    report: () => undefined,
  };
  const whole: Crew = {
    number: undefined,
    exchange: alone,
    over$: NEVER,
    asked$: NEVER,
    isOver: () => false,
    advance: async () => true,
    leave: never,
    end: never,
    ...crew,
  };
  return {said, part: {context, training, crew: whole, outside} as unknown as Part};
};

test('A run is not over when who asked to join has left before the step under way was over', async (t) => {
  const asked$ = new Subject<void>();
  const advance = async (): Promise<boolean> => false;
  const {said, part} = partOf(5, {asked$, advance}, (step) => {
    if (step === 2) asked$.next();
  });
  t.is(await lead(part), 'ended');
  t.deepEqual(said, ['checkpoint at 2', 'final checkpoint at 5', 'complete']);
});

test('A last step that has its checkpoint already ends the run with that: it is no other version', async (t) => {
  const asked$ = new Subject<void>();
  const advance = async (): Promise<boolean> => false;
  const {said, part} = partOf(5, {asked$, advance}, (step) => {
    if (step === 5) asked$.next();
  });
  t.is(await lead(part), 'ended');
  t.deepEqual(said, ['checkpoint at 5', 'final once more at 5, version 1', 'complete']);
});

test('An epoch that others wait to join ends with a checkpoint, and the run goes on in the next', async (t) => {
  const asked$ = new Subject<void>();
  const {said, part} = partOf(5, {asked$}, (step) => {
    if (step === 2) asked$.next();
  });
  t.is(await lead(part), 'over');
  t.deepEqual(said, ['checkpoint at 2']);
});

test('A shard that is asked to stop while it waits for the others to begin leaves at once', async (t) => {
  let say: (value: unknown) => void = () => undefined;
  const isSaid = new Promise((resolve) => {
    say = resolve;
  });
  const [exchange] = memoryExchanges(2, {onSent: say});
  const left: string[] = [];
  const leave = async (): Promise<void> => {
    left.push('left');
  };
  const {said, part} = partOf(5, {...(exchange && {exchange}), leave}, () => t.fail('a step was taken'));
  const drain$ = new ReplaySubject<void>(1);
  const leading = lead({...part, context: {...part.context, drain$}});
  // Where to begin; nobody answers.
  await isSaid;
  t.deepEqual(left, []);
  drain$.next();
  t.is(await leading, 'ended');
  t.deepEqual(left, ['left']);
  t.deepEqual(said, []);
});
