/**
 * The run's folder as JSON lines: what one message of a log becomes in `<log>.jsonl`. Keys are the proto's, in
 * snake_case; every line carries the `sequence` of its message, which is how recording goes on after a restart.
 */
import {
  type Acknowledgement,
  type Advice,
  type Alert,
  Answer,
  Better,
  type Checkpoint,
  type Comparison,
  type ContentFile,
  type Control,
  type EvaluationScore,
  type MetricRow,
  type PreferencePair,
  PreferenceSource,
  type Rejection,
  RunCommand,
  type Turn,
} from '../../proto/messages.js';
import type {LogName, MessageOf} from '../bus/channels/subjects.js';
import {rejectionWord} from './names.js';

export type Line = Readonly<Record<string, unknown>>;

export const lineOf: {readonly [N in LogName]: (message: MessageOf<N>) => Line} = {
  metrics: metricLine,
  scores: scoreLine,
  checkpoints: checkpointLine,
  rejections: rejectionLine,
  pairs: pairLine,
  held_out: pairLine,
  controls: controlLine,
  acknowledgements: acknowledgementLine,
  alerts: alertLine,
  comparisons: comparisonLine,
  advice: adviceLine,
};

/** The file of a log, in the run's folder. */
export const fileOf = (log: LogName): string => `${log}.jsonl`;

/** `values` lies flat beside the stamps: metric names have no dots or brackets to nest by. */
function metricLine(row: MetricRow): Line {
  return {
    time: row.timeUnixMs,
    actor: row.actor,
    index: row.index,
    ...given('step', row.step),
    ...given('policy_version', row.policyVersion),
    ...given('objective', row.objective === '' ? undefined : row.objective),
    ...given('objective_revision', row.objectiveRevision),
    ...row.values,
  };
}

function scoreLine(score: EvaluationScore): Line {
  return {
    step: score.step,
    policy_version: score.policyVersion,
    suite: score.suite,
    ...given('name', score.name || undefined),
    ...given('seed', score.seed),
    score: score.score,
    ...given('low', score.low),
    ...given('high', score.high),
    ...given('margin', score.margin),
    items: score.items,
    seconds: score.seconds,
    weights_sha256: score.weightsSha256,
    ...(Object.keys(score.metrics ?? {}).length > 0 ? {metrics: {...score.metrics}} : {}),
    // JSON has no NaN.
    ...(score.grades?.length
      ? {
          grades: score.grades.map((grade) => (Number.isNaN(grade) ? null : grade)),
          item_ids: score.itemIds ?? [],
        }
      : {}),
    ...(score.answers?.length
      ? {
          answers: score.answers.map(({prompt, completion, grade}) => ({
            prompt,
            completion,
            ...given('grade', grade),
          })),
        }
      : {}),
  };
}

function checkpointLine(checkpoint: Checkpoint): Line {
  return {
    step: checkpoint.step,
    policy_version: checkpoint.policyVersion,
    folder: checkpoint.folder,
    weights_sha256: checkpoint.weightsSha256,
    pair_sequence: checkpoint.pairSequence,
    objective: checkpoint.objective,
    objective_revision: checkpoint.objectiveRevision,
    ...given('beta', checkpoint.beta),
    final: checkpoint.final,
    files: checkpoint.files.map(fileLine),
    training_files: checkpoint.trainingFiles.map(fileLine),
  };
}

/** With its hash: where the server is lost, what is gone on from is held to it. */
const fileLine = ({path, sha256, sizeBytes}: ContentFile): Line => ({path, sha256, size_bytes: sizeBytes});

function rejectionLine(rejection: Rejection): Line {
  return {
    prompt_id: rejection.promptId,
    actor: rejection.actor,
    reason: rejectionWord(rejection.reason),
    detail: rejection.detail,
    ...given('history', rejection.history?.length ? rejection.history.map(turnLine) : undefined),
    ...given('prompt', rejection.prompt),
    ...completionsOf(rejection),
    ...given('reply', rejection.reply),
    ...given('channel', rejection.channel),
    ...given('truncated', rejection.truncated),
  };
}

/** One answer is `completion`; the two that a judge was to choose from are `completions`. */
const completionsOf = ({completions = []}: Rejection): Line =>
  completions.length > 1 ? {completions} : given('completion', completions[0]);

/** TRL's preference format comes first, so that the file trains anywhere: the conversational one, where turns come before the prompt. */
function pairLine(pair: PreferencePair): Line {
  return {
    ...textsOf(pair),
    prompt_id: pair.promptId,
    source: sourceWord(pair.source),
    ...given('model', pair.model),
    ...given('rationale', pair.rationale),
    ...given('usage', usageLine(pair.usage)),
    policy_version: pair.policyVersion,
    ...given('policy_step', pair.sampling?.policyStep),
    ...given('end_policy_version', pair.sampling?.endPolicyVersion),
    ...given(
      'segments',
      pair.sampling?.segments?.map((segment) => ({
        policy_version: segment.policyVersion,
        token_count: segment.tokenCount,
      })),
    ),
    reference_chosen_logps: pair.referenceChosenLogps,
    reference_rejected_logps: pair.referenceRejectedLogps,
    chosen_token_count: pair.chosenIds.length,
    rejected_token_count: pair.rejectedIds.length,
    prompt_token_ids: pair.promptIds,
    chosen_token_ids: pair.chosenIds,
    rejected_token_ids: pair.rejectedIds,
  };
}

/**
 * The line of a pair in TRL's conversational form, whatever its prompt: a file whose columns are texts on one line and messages on
 * another is none that `datasets` reads.
 */
export const conversationalLine = (line: Line): Line => {
  const {prompt, chosen, rejected} = line;
  if (typeof prompt !== 'string') return line;
  const turn = (role: string, content: unknown): Line[] => [{role, content}];
  return {
    ...line,
    prompt: turn('user', prompt),
    chosen: turn('assistant', chosen),
    rejected: turn('assistant', rejected),
  };
};

/** A decoded message keeps its zeros where a spread does not see them. */
const usageLine = (usage: PreferencePair['usage']): Line | undefined =>
  usage
    ? {
        requests: usage.requests,
        prompt_tokens: usage.promptTokens,
        completion_tokens: usage.completionTokens,
        ...given('cost', usage.cost),
      }
    : undefined;

function textsOf({prompt, history = [], chosen, rejected}: PreferencePair): Line {
  if (history.length === 0) return {prompt, chosen, rejected};
  const answer = (content: string): Line[] => [{role: 'assistant', content}];
  return {
    prompt: [...history.map(turnLine), {role: 'user', content: prompt}],
    chosen: answer(chosen),
    rejected: answer(rejected),
  };
}

/** A decoded turn of no words has them as a default, which a spread does not see. */
const turnLine = ({role, content}: Turn): Line => ({role, content});

function controlLine({spec, ...control}: Control): Line {
  return {
    revision: control.revision,
    previous_revision: control.previousRevision,
    author: control.author,
    time: control.timeUnixMs,
    ...given('step', control.step),
    ...given(
      'command',
      control.command === 0 ? undefined : word(RunCommand[control.command], 'RUN_COMMAND_'),
    ),
    ...(spec ? {spec: specLine(spec)} : {}),
    ...given('evidence', control.evidence),
    ...given('names_objective', control.namesObjective),
  };
}

type SentSpec = NonNullable<Control['spec']>;
/** Every field of every section of a spec: one that is forgotten does not compile. */
export type SpecSections = {
  readonly [S in keyof Omit<SentSpec, '$unknowns'>]-?:
    | {readonly [F in keyof Omit<NonNullable<SentSpec[S]>, '$unknowns'>]-?: unknown}
    | null
    | undefined;
};

/** As in fleet.yaml. Field by field: a decoded message keeps its zeros where a spread does not see them. */
export function specLine(spec: SentSpec): Line {
  const {objective, policy, filter, reviser, spend, answerer, judge, sampler} = spec;
  const sections = {
    objective: objective && {
      name: objective.name,
      beta: objective.beta,
      learningRate: objective.learningRate,
      settings: {...objective.settings},
    },
    policy: policy && {temperature: policy.temperature, topP: policy.topP, topK: policy.topK},
    filter: filter && {minLengthRatio: filter.minLengthRatio, maxLengthRatio: filter.maxLengthRatio},
    reviser: reviser && {
      model: reviser.model,
      instructions: reviser.instructions ?? undefined,
      spendCeiling: reviser.spendCeiling ?? undefined,
    },
    spend: spend && {ceiling: spend.ceiling},
    answerer: answerer && {spendCeiling: answerer.spendCeiling ?? undefined},
    judge: judge && {spendCeiling: judge.spendCeiling ?? undefined},
    sampler: sampler && {spendCeiling: sampler.spendCeiling ?? undefined},
  } satisfies SpecSections;
  const {reviser: revising, answerer: answering, judge: judging, sampler: sampling, ...more} = sections;
  const {spend: spending, ...others} = more;
  const actors = {
    ...(revising ? {reviser: defined(revising)} : {}),
    ...(answering ? {answerer: defined(answering)} : {}),
    ...(judging ? {judge: defined(judging)} : {}),
    ...(sampling ? {sampler: defined(sampling)} : {}),
  };
  return {
    ...others,
    ...(spending ? {spend: spending} : {}),
    ...(Object.keys(actors).length > 0 ? {actors} : {}),
  };
}

function acknowledgementLine(acknowledgement: Acknowledgement): Line {
  return {
    revision: acknowledgement.revision,
    actor: acknowledgement.actor,
    index: acknowledgement.index,
    answer: word(Answer[acknowledgement.answer], 'ANSWER_') ?? acknowledgement.answer,
    step: acknowledgement.step,
    ...given('reason', acknowledgement.reason === '' ? undefined : acknowledgement.reason),
    time: acknowledgement.timeUnixMs,
  };
}

function alertLine(alert: Alert): Line {
  return {
    rule: alert.rule,
    step: alert.step,
    objective_revision: alert.objectiveRevision,
    evidence: alert.evidence,
    remedy: alert.remedy,
    action: alert.action,
    time: alert.timeUnixMs,
  };
}

function comparisonLine(comparison: Comparison): Line {
  const {promptId, prompt, history = [], chosen, fresh, policyVersion, better, rationale, model} = comparison;
  return {
    prompt_id: promptId,
    policy_version: policyVersion,
    better: word(Better[better], 'BETTER_') ?? better,
    prompt,
    ...given('history', history.length === 0 ? undefined : history.map(turnLine)),
    chosen,
    fresh,
    rationale,
    ...given('model', model === '' ? undefined : model),
  };
}

function adviceLine(advice: Advice): Line {
  return {
    policy_version: advice.policyVersion,
    step: advice.step,
    ...given('objective', advice.objective === '' ? undefined : advice.objective),
    evidence: advice.evidence,
    wins: advice.wins,
    losses: advice.losses,
    undecided: advice.undecided,
    reason: advice.reason,
    time: advice.timeUnixMs,
  };
}

const defined = (line: Line): Line =>
  Object.fromEntries(Object.entries(line).filter(([, value]) => value !== undefined));

const given = (key: string, value: unknown): Line =>
  value === undefined || value === null ? {} : {[key]: value};

const SOURCE_PREFIX = 'PREFERENCE_SOURCE_';

/** `PREFERENCE_SOURCE_REVISION` → `revision`. */
export const sourceWord = (source: PreferenceSource): string =>
  word(PreferenceSource[source], SOURCE_PREFIX) ?? String(source);

/** The way back; unspecified of a word that is none. */
export const sourceOf = (text: string): PreferenceSource =>
  PreferenceSource[`${SOURCE_PREFIX}${text.toUpperCase()}` as keyof typeof PreferenceSource] ??
  PreferenceSource.PREFERENCE_SOURCE_UNSPECIFIED;

const word = (name: string | undefined, prefix: string): string | undefined =>
  name?.replace(prefix, '').toLowerCase();
