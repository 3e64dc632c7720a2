/** Prompts that gave no pair: how many for which reason, what that means, and what to change. */
import type {RejectionReason} from '../../proto/messages.js';
import type {EndCounts, RejectionCounts} from './ends.js';

interface Explanation {
  readonly meaning: string;
  readonly remedy: string;
}

type ReasonName = keyof typeof RejectionReason;
type Word<N extends string> = N extends `REJECTION_REASON_${infer W}` ? Lowercase<W> : never;

/** A reason that lacks its sentences does not compile. runtime/command/README.md has the same table. */
export const rejectionMeanings: {readonly [W in Word<ReasonName>]: Explanation} = {
  truncated: {
    meaning: 'the policy’s answer was cut off at policy.maxCompletionTokens',
    remedy: 'raise it, give prompts with shorter answers, or set filter.truncated to keep',
  },
  unchanged: {
    meaning:
      'the reviser sent the answer back as it was, the judge was shown the same one twice, or the answers differ beyond policy.maxCompletionTokens alone',
    remedy:
      'give prompts that the policy gets wrong, a stronger model, or clearer actors.reviser.instructions; raise the limit where it cut them',
  },
  length: {
    meaning: 'the revision is much shorter or longer than the answer',
    remedy:
      'ask for small changes in actors.reviser.instructions, take a stronger model, or widen the bounds of filter',
  },
  format: {
    meaning: 'the reviser, the answerer or the judge did not keep to the form that it was asked for',
    remedy:
      'ask for less (form: plain of reviser or judge, and structured: true where the endpoint can hold answers to JSON), take a stronger model, or raise its maxTokens',
  },
  tie: {
    meaning: 'the judge found neither answer better',
    remedy:
      'raise policy.temperature, so that answers differ, give prompts that tell answers apart, or take a stronger judge',
  },
  disagreement: {
    meaning: 'the judge preferred the other answer once they were shown in the other order',
    remedy: 'take a stronger judge, or answers that differ more',
  },
  near_duplicate: {
    meaning: 'the two answers differ in hardly a character',
    remedy: 'give prompts that the policy gets wrong, or lower filter.minEditRatio',
  },
  allusion: {
    meaning: 'the revision speaks of being one, or of the answer before it',
    remedy:
      'take a stronger model, or clearer actors.reviser.instructions; filter.without: [allusion] lets it pass',
  },
  language: {
    meaning: 'the revision is in another language than the answer and the prompt',
    remedy: 'ask for the language in actors.reviser.instructions; filter.without: [language] lets it pass',
  },
  too_long: {
    meaning: 'an answer has more tokens than policy.maxCompletionTokens',
    remedy: 'raise it, ask for shorter answers, or set filter.tooLong to cut',
  },
  own_filter: {
    meaning: 'your filter.module rejected the pair, failed, or took too long',
    remedy: 'look at its words in rejections.jsonl',
  },
  empty: {
    meaning: 'an answer has no text, or no token within the limits',
    remedy: 'check policy.format, and raise policy.maxPromptTokens and maxCompletionTokens',
  },
  endpoint: {
    meaning: 'the endpoint refused this request and would again',
    remedy: 'do what its words in rejections.jsonl ask for',
  },
  stale: {
    meaning: 'the pair was older than maxStaleness when its step came',
    remedy: 'raise maxStaleness or training.checkpointEverySteps, or lower pipelineDepth',
  },
  too_large: {
    meaning: 'what came of the prompt has no room in a message of the NATS server',
    remedy: 'give shorter prompts, lower maxTokens, or raise the server’s max_payload',
  },
  unreadable: {
    meaning:
      'a message could not be read or failed at every try, the model has no tokens for a text, or its chat template refuses the turns',
    remedy: 'look at rejections.jsonl and the run’s logs; all its processes must be of one version',
  },
  unspecified: {meaning: 'no reason was given', remedy: 'look at rejections.jsonl'},
};

/** The most frequent first. */
const ranked = (counts: RejectionCounts): [string, number][] =>
  Object.entries(counts).toSorted(([, one], [, other]) => other - one);

export const totalOf = (counts: RejectionCounts): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Such as `32 truncated, 14 unchanged`; empty where there are none. */
export const rejectionsText = (counts: RejectionCounts): string =>
  ranked(counts)
    .map(([word, count]) => `${count} ${word}`)
    .join(', ');

/** A reason with how many of all prompts it took, and what to do. */
export interface RejectionRow extends Explanation {
  readonly word: string;
  readonly count: number;
  /** Of the prompts that came to an end. */
  readonly share: number;
}

/**
 * The most frequent reason first.
 *
 * @param prompts that came to an end.
 */
export const rejectionTable = (prompts: number, counts: RejectionCounts): RejectionRow[] =>
  ranked(counts).map(([word, count]) => ({word, count, share: count / prompts, ...explanationOf(word)}));

/** A line for each reason, the most frequent first: what it means, and what to change. */
export const explanationsOf = (counts: RejectionCounts): string[] =>
  ranked(counts).map(([word, count]) => {
    const {meaning, remedy} = explanationOf(word);
    return `${count} ${word}: ${meaning}; ${remedy}`;
  });

const explanationOf = (word: string): Explanation =>
  isKnown(word) ? rejectionMeanings[word] : rejectionMeanings.unspecified;

const isKnown = (word: string): word is keyof typeof rejectionMeanings =>
  Object.hasOwn(rejectionMeanings, word);

/** Pairs are few where they do not fill the first batch, or under a tenth of the prompts became any. */
const FEW_SHARE = 0.1;
/** Reasons that are explained at the end of a run. */
const EXPLAINED = 3;

/** What is said first of a run of which hardly anything could be trained on; nothing of any other. */
export const fewPairsLines = (ends: EndCounts, {batchSize}: {readonly batchSize: number}): string[] => {
  const [{prompts, made, heldOut}, counts] = [ends.counts(), ends.rejections()];
  const pairs = made - heldOut.pairs;
  const isBatch = pairs >= batchSize;
  if (isBatch && made >= FEW_SHARE * prompts) return [];
  const reasons = rejectionsText(counts);
  const held = heldOut.pairs === 0 ? '' : `, ${heldOut.pairs} of them held back`;
  return [
    `warning: ${made} of ${prompts} prompts became a pair${held}${isBatch ? '' : `, which fills no batch of ${batchSize}`}${reasons === '' ? '' : `; rejected: ${reasons}`}`,
    ...explanationsOf(counts)
      .slice(0, EXPLAINED)
      .map((line) => `  ${line}`),
  ];
};
