/** Follows a run and says what of reward hacking is to be seen in it: the same live and in its report. Pure. */
import {
  ANSWERS,
  type RuleName,
  repeatedShare,
  ruleNames,
  rules,
  type Seen,
  type SeenAnswer,
  type SeenScore,
  type SeenStep,
} from './rules.js';

export interface Finding {
  readonly rule: RuleName;
  /** The last step that is known when it is seen. */
  readonly step: number;
  readonly objectiveRevision: number;
  /** In words and numbers. */
  readonly evidence: string;
  readonly remedy: string;
}

/** One line for a person. */
export const alertText = ({
  rule,
  step,
  evidence,
  remedy,
}: Readonly<Record<'rule' | 'evidence' | 'remedy', string>> & Pick<Finding, 'step'>): string =>
  `alert ${rule} at step ${step}: ${evidence}; ${remedy}`;

export interface LookOut {
  /** A learner's row about a step, in the order of the log: one that is not above the newest undoes that and what came after. */
  step(row: SeenStep, objectiveRevision: number): Finding[];
  score(score: SeenScore): Finding[];
  /** A pair, by the answers of it that the policy gave, as token ids. */
  answers(policyStep: number, ids: readonly (readonly number[])[]): Finding[];
}

/** Rows that are kept: of a run of millions of steps, the last ones say what is to be said. */
const KEPT_STEPS = 1000;

/** @param without rules that are not looked for. */
export const lookOut = (without: readonly RuleName[] = []): LookOut => {
  let steps: SeenStep[] = [];
  /** By suite. */
  const scores = new Map<string, readonly SeenScore[]>();
  let firstAnswers: SeenAnswer[] = [];
  let lastAnswers: SeenAnswer[] = [];
  let revision = 0;
  /** The step after which the objective in force began. */
  let begun = 0;
  /** Each is said once under an objective. */
  const said = new Set<string>();
  const seenBy = (of: readonly SeenScore[]): Seen => ({steps, scores: of, firstAnswers, lastAnswers});

  const look = (names: readonly RuleName[]): Finding[] =>
    names.flatMap((rule) => {
      const key = `${rule} ${revision}`;
      if (without.includes(rule) || said.has(key)) return [];
      // Of several suites by which it is seen, the first.
      const suites = scores.size === 0 ? [[]] : [...scores.values()];
      const [evidence] = suites.flatMap((of) => {
        const text = rules[rule].evidence(seenBy(of));
        const by = suites.length > 1 && ofScores.includes(rule) ? `by ${of.at(-1)?.suite}, ` : '';
        return text === undefined ? [] : [by + text];
      });
      if (evidence === undefined) return [];
      said.add(key);
      const step = Math.max(steps.at(-1)?.step ?? 0, ...suites.map((of) => of.at(-1)?.step ?? 0));
      return [{rule, step, objectiveRevision: revision, evidence, remedy: rules[rule].remedy}];
    });

  return {
    step(row, objectiveRevision) {
      if (objectiveRevision !== revision) {
        // The first rows come after answers that are of the same objective.
        if (revision !== 0) [firstAnswers, lastAnswers, begun] = [[], [], row.step - 1];
        revision = objectiveRevision;
        steps = [];
        // What fell before is not of this objective.
        for (const [suite, of] of scores)
          scores.set(
            suite,
            of.filter(({step}, index) => step === 0 || index === of.length - 1),
          );
      }
      while ((steps.at(-1)?.step ?? 0) >= row.step) steps.pop();
      steps.push(row);
      if (steps.length > KEPT_STEPS) steps.shift();
      return look(ofSteps);
    },
    score(score) {
      const before = scores.get(score.suite) ?? [];
      scores.set(score.suite, [...before.filter(({step}) => step < score.step), score]);
      return look(ofScores);
    },
    answers(policyStep, ids) {
      if (policyStep < begun) return [];
      for (const each of ids) {
        const answer = {step: policyStep, tokens: each.length, repeated: repeatedShare(each)};
        if (firstAnswers.length < ANSWERS) firstAnswers.push(answer);
        else lastAnswers.push(answer);
        if (lastAnswers.length > ANSWERS) lastAnswers.shift();
      }
      return look(['length', 'repetition']);
    },
  };
};

const ofScores: readonly RuleName[] = ['held_out', 'worse'];
/** A score may come before the rows of the steps that it is of. */
const ofSteps: readonly RuleName[] = ruleNames.filter((name) => !['length', 'repetition'].includes(name));
