/**
 * Judge: completion pairs and answer sets → candidates, ordered by a model behind an endpoint (Eq. 2); chosen and fresh answers →
 * comparisons.
 */
import {defer, EMPTY, merge, type Observable, switchMap, tap} from 'rxjs';
import type {AnswerSet, CompletionPair} from '../../proto/messages.js';
import type {ActorContext, Outcome} from '../../runtime/actor/context.js';
import {rejectAnswerWith, watchFirstAnswers} from '../../runtime/actor/first-answers.js';
import {promptFileOf} from '../../runtime/actor/prompt-file.js';
import {publishComparison} from '../../runtime/actor/publish-comparison.js';
import {publishOrReject, type Rejected, reject} from '../../runtime/actor/reject.js';
import {runActor} from '../../runtime/actor/run-actor.js';
import {settle} from '../../runtime/actor/settle.js';
import {datasets, recipesOf} from '../../runtime/datasets.js';
import {heldFor} from '../../runtime/endpoints/ahead.js';
import {usageSum} from '../../runtime/endpoints/usage.js';
import {TerminalError} from '../../runtime/errors.js';
import {comparisonsOf, isJudgeOfPairs} from '../../runtime/fleet/anchor/settings.js';
import {type Asking, openAsking} from '../../runtime/fleet/asking/open-asking.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import {loadFleet} from '../../runtime/fleet/file/started.js';
import {askedOf} from '../../runtime/model/text/conversations.js';
import {comparisonOf} from './compared.js';
import {compareWith} from './io/compare.js';
import {rankWith} from './io/rank.js';
import type {JudgmentWords} from './judge.js';
import {judgedPair, unjudgeable} from './judged-pair.js';

const DONE: Outcome = {kind: 'done'};

const start = (context: ActorContext<Fleet>): Observable<Outcome> => {
  const {bus, drain$, fleet, log} = context;
  return defer(() => openJudge(context)).pipe(
    switchMap(({asking, words}) => {
      const {pair, setOf, anchor} = judgeWith(context, asking, words);
      // The queues of the run's recipes, each beside the others.
      const queues = new Set(recipesOf(fleet).map(({queue}) => queue));
      const maxInFlight = heldFor(asking.settings.concurrency);
      const held = {maxInFlight, drain$};
      return merge(
        queues.has('completion_pairs')
          ? bus.deliveries('completion_pairs', held).pipe(settle(pair, maxInFlight))
          : EMPTY,
        comparisonsOf(fleet) > 0
          ? bus.deliveries('anchor_pairs', held).pipe(settle(anchor, maxInFlight))
          : EMPTY,
        ...(['best_of_n', 'judge_off_policy'] as const).map((name) => {
          const {queue} = datasets[name];
          return queues.has(queue)
            ? bus.deliveries(queue, held).pipe(settle(setOf[name], maxInFlight))
            : EMPTY;
        }),
      );
    }),
    tap((outcome) => {
      if (outcome.kind === 'retry') log.warn({delayMs: outcome.delayMs}, outcome.reason);
    }),
  );
};

/** Who is asked, and in which words. */
const openJudge = async (context: ActorContext<Fleet>) => {
  const {promptFile, ...settings} = context.fleet.actors.judge ?? {};
  const template = await promptFileOf('actors.judge.promptFile', promptFile, ['prompt', 'first', 'second']);
  const words: JudgmentWords = {...settings, template};
  const isNeeded = isJudgeOfPairs(context.fleet);
  return {words, asking: await openAsking(context, 'judge', {isNeeded})};
};

const withReply = (rejected: Rejected, reply: string | undefined): Rejected =>
  reply === undefined ? rejected : {...rejected, reply};

/** Whatever becomes of two answers is published before they are acknowledged: a candidate or a rejection, with their prompt's id. */
const judgeWith = (context: ActorContext<Fleet>, asking: Asking, words: JudgmentWords) => {
  const {fleet, count, warn} = context;
  const firstAnswers = watchFirstAnswers(context, asking.settings);
  const rejectAnswer = rejectAnswerWith(context, firstAnswers);
  const compare = compareWith(context, asking, words);
  const {source} = datasets.judge_on_policy;

  const judge = async (pair: CompletionPair): Promise<Outcome> => {
    const {promptId, first, second} = pair;
    const asked = askedOf(pair);
    const rejected = {promptId, ...asked, completions: [first, second]};
    const hopeless = unjudgeable(pair, fleet.filter);
    if (hopeless !== undefined) {
      await reject(context, rejected, hopeless.reason, hopeless.detail);
      return DONE;
    }
    const found = await compare({id: promptId, ...asked, first, second});
    if (found.kind === 'unusable') {
      return rejectAnswer(withReply(rejected, found.reply), found.reason, found.detail);
    }
    firstAnswers.usable();
    if (found.kind === 'even') {
      await reject(context, {...rejected, reply: found.reply}, found.reason, found.detail);
      return DONE;
    }
    const usage = usageSum([pair.usage, found.usage]);
    const candidate = judgedPair(pair, found.better, found.rationale, {...found, source, usage});
    if (await publishOrReject(context, rejected, 'candidates', candidate)) count('judgments');
    return DONE;
  };

  const rankSet = async (rank: ReturnType<typeof rankWith>, set: AnswerSet): Promise<Outcome> => {
    const {promptId, answers} = set;
    const rejected = {promptId, ...askedOf(set), completions: answers.map(({text}) => text ?? '')};
    const found = await rank(set);
    switch (found.kind) {
      case 'unusable':
        return rejectAnswer(withReply(rejected, found.reply), found.reason, found.detail);
      case 'none':
        await reject(context, withReply(rejected, found.reply), found.reason, found.detail);
        return DONE;
      case 'pair':
        firstAnswers.usable();
        if (await publishOrReject(context, rejected, 'candidates', found.pair)) count('judgments');
        return DONE;
    }
  };

  const isForAdviceAlone = !isJudgeOfPairs(fleet);
  let isTold = false;
  /** Advice is no reason for training to end, where no pair needs this judge. */
  const undecided = (error: unknown): {readonly detail: string} => {
    if (!isForAdviceAlone || !(error instanceof TerminalError)) throw error;
    if (!isTold) warn(`answers are not compared, and the anchor cannot be told meanwhile: ${error.message}`);
    isTold = true;
    return {detail: error.message};
  };

  const compareAnchor = async (given: CompletionPair): Promise<Outcome> => {
    const {promptId, first, second} = given;
    const hopeless = unjudgeable(given, {truncated: 'keep'});
    const found =
      hopeless ?? (await compare({id: promptId, ...askedOf(given), first, second}).catch(undecided));
    await publishComparison(context, comparisonOf(given, found));
    return DONE;
  };

  const {timed} = context;
  const setWith = (name: 'best_of_n' | 'judge_off_policy') => {
    const {rejected = 'worst'} = recipesOf(fleet).find((recipe) => recipe.name === name) ?? {};
    const {truncated} = fleet.filter;
    const rank = rankWith(context, compare, {source: datasets[name].source, rejected, truncated});
    return (given: AnswerSet): Promise<Outcome> => timed('judging', () => rankSet(rank, given));
  };
  return {
    pair: (given: CompletionPair): Promise<Outcome> => timed('judging', () => judge(given)),
    anchor: (given: CompletionPair): Promise<Outcome> => timed('judging', () => compareAnchor(given)),
    setOf: {best_of_n: setWith('best_of_n'), judge_off_policy: setWith('judge_off_policy')},
  };
};

await runActor('judge', loadFleet, start);
