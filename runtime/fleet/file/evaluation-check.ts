/** Suites of a fleet that contradict each other, or lack whom they ask. Pure. */
import {judgeUse, metricNamesOf} from '../../suites/suites.js';
import type {Complaint} from './complaints.js';
import {evaluationPath, evaluationsOf, nameOfEvaluation} from './evaluations.js';
import type {Fleet} from './schema.js';

export function* evaluationContradictions(
  fleet: Pick<Fleet, 'evaluation' | 'endpoints'>,
): Generator<Complaint> {
  const all = evaluationsOf(fleet);
  const {endpoints} = fleet;
  const names = Object.keys(endpoints);
  const first = new Map<string, number>();
  let decides: number | undefined;
  let pairs: number | undefined;
  for (const [place, evaluation] of all.entries()) {
    const {suite, judge, best = false} = evaluation;
    const path = evaluationPath(fleet, place);
    const name = nameOfEvaluation(evaluation);
    if (first.has(name))
      yield {path: [...path, 'name'], message: `${name} is there twice; give one of them another name`};
    first.set(name, place);
    if (best !== false && decides !== undefined)
      yield {
        path: [...path, 'best'],
        message: `${nameOfEvaluation(all[decides] ?? evaluation)} says already which checkpoint is the best; leave one of them out`,
      };
    if (best !== false) decides ??= place;
    const metrics = metricNamesOf(evaluation);
    if (typeof best === 'object' && !metrics.includes(best.metric))
      yield {
        path: [...path, 'best', 'metric'],
        message: `suite ${suite} has no metric ${best.metric}; it has ${metrics.join(', ')}`,
      };
    if (suite === 'heldout' && pairs !== undefined)
      yield {path: [...path, 'suite'], message: 'heldout is there twice; a run holds its pairs back once'};
    if (suite === 'heldout') pairs ??= place;
    const use = judgeUse(evaluation);
    if (use === 'needed' && judge === undefined)
      yield {
        path: [...path, 'judge'],
        message: `missing; suite ${suite} as it is set needs one: {endpoint: a key of endpoints, model: its name there}`,
      };
    if (use === 'unused' && judge !== undefined)
      yield {path: [...path, 'judge'], message: `suite ${suite} asks none; leave it out`};
    if (judge !== undefined && !Object.hasOwn(endpoints, judge.endpoint))
      yield {
        path: [...path, 'judge', 'endpoint'],
        message: `no endpoint is called ${judge.endpoint}; ${names.length === 0 ? 'add it under endpoints' : `endpoints has ${names.join(', ')}`}`,
      };
  }
}
