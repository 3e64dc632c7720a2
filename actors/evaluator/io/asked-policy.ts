/**
 * The policy that is scored, behind an endpoint: a checkpoint's answers are those of an adapter of exactly its weights, which its server
 * loads by a name of this process's own for as long as it is scored. So the sampler's two stay as they are, and the server has one more
 * for each evaluator.
 */
import type {Checkpoint} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import type {Endpoint} from '../../../runtime/endpoints/endpoint.js';
import type {Answer} from '../../../runtime/endpoints/reply.js';
import {messageOf, TerminalError} from '../../../runtime/errors.js';
import type {Ledger} from '../../../runtime/fleet/asking/ledger.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import type {evaluatorAsks} from '../../../runtime/fleet/fleet-actors.js';
import {
  agreementOf,
  answerText,
  isCutShort,
  OTHER_TEXTS,
  textsBy,
} from '../../../runtime/fleet/policy-endpoint/answered.js';
import {askByAdapters} from '../../../runtime/fleet/policy-endpoint/ask-adapter.js';
import {HOW_TO_START, keepingFor} from '../../../runtime/fleet/policy-endpoint/keeping.js';
import {keepAdapters} from '../../../runtime/fleet/policy-endpoint/kept-adapters.js';
import {leftAdapters} from '../../../runtime/fleet/policy-endpoint/left-adapters.js';
import {openPolicyServer} from '../../../runtime/fleet/policy-endpoint/open-policy.js';
import type {ScoredPolicy} from '../../../runtime/fleet/scoring/scored-policy.js';
import type {ModelCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import type {Generation, GenerationRequest} from '../../../runtime/model/generation/generation.js';

export interface AskedPolicy extends Pick<ScoredPolicy, 'generator'> {
  /** Answers are this checkpoint's from now on; its adapter is loaded for the first of them. */
  take(checkpoint: Checkpoint): Promise<void>;
  /** Unloads it. */
  letGo(): Promise<void>;
}

/** What an evaluator of this name left on the server is unloaded first: there may be no checkpoint to score any more. */
export const openAskedPolicy = async (
  context: ActorContext<Fleet>,
  asks: NonNullable<ReturnType<typeof evaluatorAsks>>,
  ledger: Ledger,
  {tokenizer, config}: Pick<ModelCheckpoint, 'tokenizer' | 'config'>,
): Promise<AskedPolicy> => {
  const {bus, name, index, warn} = context;
  const {vocabSize, maxPositions} = config;
  const textOf = textsBy(tokenizer);
  const agreement = (answer: Answer, promptIds: readonly number[] = []) =>
    agreementOf(answer, promptIds, {textOf, vocabSize});
  const server = openPolicyServer(context, 'evaluator', asks, ledger, (answer, {promptIds}) =>
    ['same', 'unknown'].includes(agreement(answer, promptIds)),
  );
  const {baseUrl, model} = server;
  const owner = {run: bus.run, process: `${name}-${index}`};
  const keeping = keepingFor(context, 'evaluator', server, config, owner);
  const left = leftAdapters(context, server, owner, keeping);
  let none = '';
  const kept = keepAdapters({
    ...keeping,
    stays: left.add,
    unsupported(reason) {
      none = reason;
    },
  });
  const askOne = askByAdapters(context, server, kept, tokenizer.endTokenIds);
  const opened = new Map<number, Promise<Endpoint>>();
  /** One for all that ask at once, or each would have a concurrency of its own; opened anew by the next where that failed. */
  const answering = (maxTokens: number): Promise<Endpoint> => {
    const known = opened.get(maxTokens);
    if (known !== undefined) return known;
    const opening = server.answering(maxTokens).catch((error: unknown) => {
      opened.delete(maxTokens);
      throw error;
    });
    opened.set(maxTokens, opening);
    return opening;
  };
  /** A score is compared with those of other checkpoints, and with those of a policy in the process: nothing is left out of it. */
  const unsound = (what: string, remedy: string): TerminalError =>
    new TerminalError(`endpoint ${baseUrl}, model ${model}: ${what}; ${remedy}`);

  const load = async (checkpoint: Checkpoint | undefined): Promise<void> => {
    // The policy before training is the model itself.
    if (checkpoint === undefined || checkpoint.policyVersion === 0) return;
    await left.remove(checkpoint);
    if (!(await kept.takeUp(keeping.adapterOf(checkpoint))))
      throw new TerminalError(
        `endpoint ${baseUrl} takes up no adapters while it serves (${none}), and none but a checkpoint's own answers count; ${HOW_TO_START}, or leave actors.evaluator.endpoint out`,
      );
  };
  let taken: Checkpoint | undefined;
  /** Of what was taken: once, so that what cannot be loaded is not waited for again. */
  let loading: Promise<void> | undefined;

  let otherTexts = 0;
  const answer = async (request: GenerationRequest): Promise<Generation> =>
    kept.byNewest(async (adapter) => {
      const {promptIds, maxNewTokens} = request;
      const endpoint = await answering(maxNewTokens);
      const reply = await askOne(endpoint, request, tokenizer.decode([...promptIds]), adapter);
      if (reply.kind === 'refused')
        throw unsound(`it refuses what a suite asks: ${reply.reason}`, 'start it so that it takes this');
      const agreed = agreement(reply, promptIds);
      if (agreed === 'other_vocabulary')
        throw unsound(
          'it says tokens beyond the vocabulary of the policy',
          'serve policy.model there, or correct actors.evaluator.model',
        );
      if (agreed === 'same') otherTexts = 0;
      if (agreed === 'other_text') otherTexts += 1;
      // Until one is its text again: what comes after the eighth is no better.
      if (agreed === 'other_text' && otherTexts >= OTHER_TEXTS)
        throw unsound(
          `the tokens of ${OTHER_TEXTS} answers on end are not their texts by the policy’s tokenizer`,
          'serve policy.model there, or correct actors.evaluator.model',
        );
      if (isCutShort(reply, request, maxPositions))
        throw unsound(
          `it cut an answer off at ${reply.completionTokens} tokens, of ${maxNewTokens}`,
          'start it with room for more (--max-model-len)',
        );
      return {
        ...answerText(reply, promptIds, textOf),
        segments: [{policyVersion: adapter?.policyVersion ?? 0, tokenCount: reply.completionTokens}],
      };
    });

  const letGo = async (): Promise<void> => {
    taken = undefined;
    loading = undefined;
    await kept.letGo();
  };

  await left
    .remove()
    .catch((error: unknown) => warn(`${messageOf(error)}; that is tried again with a checkpoint`));
  return {
    generator: {
      async generate(requests) {
        loading ??= load(taken);
        await loading;
        return Promise.all(requests.map(answer));
      },
    },
    async take(checkpoint) {
      await letGo();
      taken = checkpoint;
    },
    letGo,
  };
};
