/** The part of config.json that turns positions into angles, as transformers 4 and 5 write it. */
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {changesNothing} from '../../json/json-file.js';

/** Llama 3's stretching of the slow rotary frequencies. */
export interface Llama3Scaling {
  readonly kind: 'llama3';
  readonly factor: number;
  readonly lowFrequencyFactor: number;
  readonly highFrequencyFactor: number;
  readonly originalMaxPositions: number;
}

/** Every rotary frequency divided by one factor. */
export interface LinearScaling {
  readonly kind: 'linear';
  readonly factor: number;
}

export interface Rotary {
  readonly theta: number;
  readonly scaling: Llama3Scaling | LinearScaling | undefined;
}

/** Outside of these, angles in float32 are all 0, infinite, or no numbers. */
const theta = z.number().min(1).max(1e15);
const factor = z.number().min(1e-6).max(1e6);
const length = z.number().min(1).max(1e9);

const parametersSchema = z.looseObject({
  rope_theta: theta.optional(),
  rope_type: z.string().optional(),
  type: z.string().optional(),
  factor: factor.optional(),
  low_freq_factor: factor.optional(),
  high_freq_factor: factor.optional(),
  original_max_position_embeddings: length.optional(),
  partial_rotary_factor: z.number().optional(),
});
type Parameters = z.infer<typeof parametersSchema>;

export const rotaryFields = {
  rope_theta: theta.optional(),
  rope_scaling: parametersSchema.nullish(),
  rope_parameters: parametersSchema.nullish(),
  partial_rotary_factor: z.number().nullish(),
  original_max_position_embeddings: length.nullish(),
};
type RotaryFile = z.infer<z.ZodObject<typeof rotaryFields>>;
export type Refuse = (field: string, value: unknown, remedy: string) => never;

/** What each kind reads besides `rope_theta`; the original length is said of every kind and read by one. */
const READ_BY: Readonly<Record<string, readonly (keyof Parameters)[]>> = {
  default: [],
  linear: ['factor'],
  llama3: ['factor', 'low_freq_factor', 'high_freq_factor'],
};
const READ_BY_ALL = [
  'rope_theta',
  'rope_type',
  'type',
  'partial_rotary_factor',
  'original_max_position_embeddings',
];

/** Throws a TerminalError that names the field which is missing, or asks for what is not computed here. */
export function rotaryOf(path: string, file: RotaryFile, refuse: Refuse): Rotary {
  // transformers 5 keeps both in `rope_parameters`; 4 had `rope_theta` beside `rope_scaling`.
  const field = changesNothing(file.rope_parameters) ? 'rope_scaling' : 'rope_parameters';
  if (field === 'rope_parameters' && !changesNothing(file.rope_scaling))
    refuse('rope_scaling', file.rope_scaling, '"rope_parameters" says it already: keep one of them');
  const given: Parameters = file[field] ?? {};
  const need = (key: keyof Parameters & string): number => {
    const value = given[key];
    if (typeof value !== 'number') throw new TerminalError(`${path}: "${field}.${key}" is missing`);
    return value;
  };

  const kind = given.rope_type ?? given.type ?? 'default';
  const read = READ_BY[kind];
  if (read === undefined)
    return refuse(`${field}.rope_type`, kind, 'supported are default, linear and llama3');
  if ((given.type ?? kind) !== kind) refuse(`${field}.type`, given.type, `"rope_type" is ${kind}: keep one`);
  // Among them parameters for each kind of layer, which would hide the base that is meant.
  for (const [key, value] of Object.entries(given)) {
    if (READ_BY_ALL.includes(key) || read.includes(key) || changesNothing(value)) continue;
    refuse(`${field}.${key}`, value, `rotary embeddings of type ${kind} have no such field`);
  }
  const partial = given.partial_rotary_factor ?? file.partial_rotary_factor ?? 1;
  if (partial !== 1) refuse('partial_rotary_factor', partial, 'only 1 is supported');
  if (given.rope_theta !== undefined && (file.rope_theta ?? given.rope_theta) !== given.rope_theta)
    refuse('rope_theta', file.rope_theta, `"${field}.rope_theta" is ${given.rope_theta}: keep one`);
  const theta = given.rope_theta ?? file.rope_theta ?? 10_000;

  switch (kind) {
    case 'linear':
      return {theta, scaling: {kind, factor: need('factor')}};
    case 'llama3': {
      const factor = need('factor');
      const lowFrequencyFactor = need('low_freq_factor');
      const highFrequencyFactor = need('high_freq_factor');
      if (highFrequencyFactor <= lowFrequencyFactor)
        refuse(`${field}.high_freq_factor`, highFrequencyFactor, 'it must be above "low_freq_factor"');
      const originalMaxPositions = need('original_max_position_embeddings');
      const above = file.original_max_position_embeddings ?? originalMaxPositions;
      if (above !== originalMaxPositions)
        refuse(
          'original_max_position_embeddings',
          above,
          `"${field}" says ${originalMaxPositions}: keep one`,
        );
      return {theta, scaling: {kind, factor, lowFrequencyFactor, highFrequencyFactor, originalMaxPositions}};
    }
    default:
      return {theta, scaling: undefined};
  }
}
