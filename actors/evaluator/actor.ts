/**
 * Evaluator: checkpoints → scores. Every published checkpoint is scored, by greedy completions, in a process of its own,
 * so that the learner never waits.
 */
import {readFile} from 'node:fs/promises';
import {defer, type Observable, switchMap} from 'rxjs';
import type {Checkpoint} from '../../proto/messages.js';
import type {ActorContext, Outcome} from '../../runtime/actor/context.js';
import {runActor} from '../../runtime/actor/run.js';
import {settle} from '../../runtime/actor/settle.js';
import {loadPolicy, policyWeights} from '../../runtime/fleet/checkpoints/lora.js';
import {threadsOf} from '../../runtime/fleet/cores.js';
import {loadFleet} from '../../runtime/fleet/load.js';
import type {Fleet} from '../../runtime/fleet/schema.js';
import type {ModelConfig} from '../../runtime/model/config.js';
import {encodePrompt} from '../../runtime/model/encode.js';
import {createGenerator, type Generator} from '../../runtime/model/generation.js';
import {openExecutor} from '../../runtime/tensor/open.js';
import {type Item, itemsOf, scoreOf, shownAnswers} from './suites.js';

interface Evaluation {
  readonly items: readonly Item[];
  readonly prompts: readonly number[][];
  readonly config: ModelConfig;
  readonly generator: Generator;
}

const start = (context: ActorContext<Fleet>): Observable<unknown> =>
  defer(() => openEvaluation(context)).pipe(
    switchMap((evaluation) => {
      const {bus, drain$} = context;
      return bus
        .sharedEntries('checkpoints', {reader: 'evaluator', maxInFlight: 1, drain$})
        .pipe(settle((checkpoint) => evaluate(context, evaluation, checkpoint), 1));
    }),
  );

const openEvaluation = async (context: ActorContext<Fleet>): Promise<Evaluation> => {
  const {fleet, log} = context;
  const items = await itemsOf(fleet.evaluation, (file) => readFile(file, 'utf8'));
  const {executor, reason} = await openExecutor({
    backend: fleet.backend,
    device: fleet.device,
    threads: threadsOf(fleet, 'evaluator'),
  });
  log.info({reason}, 'executor');
  const model = await loadPolicy(context, fleet, undefined);
  const maxTokens = fleet.policy.maxPromptTokens + fleet.evaluation.maxCompletionTokens;
  const generator = await createGenerator(model, executor, {
    rows: fleet.actors.evaluator.batchSize,
    maxTokens,
  });
  return {
    items,
    prompts: items.map(({prompt}) => encodePrompt(model.tokenizer, prompt, fleet.policy)),
    config: model.config,
    generator,
  };
};

const evaluate = async (
  context: ActorContext<Fleet>,
  {items, prompts, config, generator}: Evaluation,
  checkpoint: Checkpoint,
): Promise<Outcome> => {
  const {bus, fleet, grace} = context;
  const {step, policyVersion, weightsSha256, objective, objectiveRevision} = checkpoint;
  const started = performance.now();
  const completions = await context.timed('evaluating', async () => {
    const weights = await policyWeights(context, fleet, checkpoint, config);
    generator.reload(weights, checkpoint.policyVersion);
    const {maxCompletionTokens: maxNewTokens} = fleet.evaluation;
    const greedy = {maxNewTokens, temperature: 0, topP: 1, topK: 0, seed: 0};
    // A cache's rows at a time, and all at once: each part that ends says that a long evaluation goes on.
    const rows = fleet.actors.evaluator.batchSize;
    const parts = Array.from({length: Math.ceil(prompts.length / rows)}, async (_, part) => {
      const asked = prompts.slice(part * rows, (part + 1) * rows);
      const answers = await generator.generate(asked.map((promptIds) => ({promptIds, ...greedy})));
      context.advance();
      return answers.map(({text}) => text);
    });
    return (await Promise.all(parts)).flat();
  });
  const score = scoreOf(items, completions);
  const answers = shownAnswers(items, completions);
  const seconds = (performance.now() - started) / 1000;
  const {suite} = fleet.evaluation;
  await bus.publish(
    'scores',
    {step, policyVersion, suite, score, items: items.length, seconds, weightsSha256, answers},
    `${suite}-${policyVersion}`,
    grace,
  );
  context.report({score, 'score/seconds': seconds}, {step, policyVersion, objective, objectiveRevision});
  return {kind: 'done'};
};

await runActor('evaluator', loadFleet, start);
