/** `bench real`: training, the reference's pass and sampling on lengths as people's texts have them, peers on the same tokens. */
import type {Part, RealOptions} from '../options.js';
import type {Report} from '../report.js';
import {measureSampling} from './answers.js';
import {measureSteps} from './many-steps.js';
import {measureReference, measureTraining} from './paces.js';
import {givenModel, type Measurement, type Subject, withRandomModel} from './subject.js';

const measures: Readonly<Record<Exclude<Part, 'steps'>, (measurement: Measurement) => Promise<void>>> = {
  training: measureTraining,
  reference: measureReference,
  sampling: measureSampling,
};

export async function benchReal(options: RealOptions, report: Report): Promise<void> {
  const wanted = options.parts.filter((part) => part !== 'steps');
  const measure = async (subject: Subject): Promise<void> => {
    for (const part of wanted) await measures[part]({options, report, subject});
  };
  if (options.model !== undefined) await measure(await givenModel(options.model));
  else if (wanted.length > 0) for (const size of options.sizes) await withRandomModel(size, measure);
  if (options.parts.includes('steps')) await measureSteps(options, report);
}
