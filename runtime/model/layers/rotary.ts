/** The angles of rotary position embeddings, rounded as transformers rounds them. */
import type {ModelConfig} from '../files/config.js';
import type {Rotary} from '../files/rotary-config.js';

/** cos and sin of positions 0 to count − 1, each laid out [count, headDim/2]. */
export interface RotaryTables {
  readonly cosines: Float32Array;
  readonly sines: Float32Array;
}

/** @param scale by which both are multiplied: queries are divided by √headDim as they are turned. */
export function rotaryTables(config: ModelConfig, count: number, scale = 1): RotaryTables {
  const frequencies = rotaryFrequencies(config.rotary, config.headDim);
  const half = frequencies.length;
  const cosines = new Float32Array(count * half);
  const sines = new Float32Array(count * half);
  for (let position = 0; position < count; position++) {
    frequencies.forEach((frequency, i) => {
      const angle = Math.fround(position * frequency);
      cosines[position * half + i] = scale * Math.cos(angle);
      sines[position * half + i] = scale * Math.sin(angle);
    });
  }
  return {cosines, sines};
}

/** Radians a position for each pair of coordinates, float32: θ^(−2i/headDim), then scaled. */
export function rotaryFrequencies({theta, scaling}: Rotary, headDim: number): Float32Array {
  const plain = Float32Array.from(
    {length: headDim / 2},
    (_, i) => 1 / Math.fround(theta ** Math.fround((2 * i) / headDim)),
  );
  if (scaling === undefined) return plain;
  if (scaling.kind === 'linear') return plain.map((frequency) => frequency / scaling.factor);
  // Llama 3: slow frequencies are divided by the factor, fast ones kept, those between blended by wavelength.
  const {factor, lowFrequencyFactor, highFrequencyFactor, originalMaxPositions} = scaling;
  return plain.map((frequency) => {
    const wavelength = (2 * Math.PI) / frequency;
    if (wavelength > originalMaxPositions / lowFrequencyFactor) return frequency / factor;
    if (wavelength < originalMaxPositions / highFrequencyFactor) return frequency;
    const blend =
      (originalMaxPositions / wavelength - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
    return ((1 - blend) * frequency) / factor + blend * frequency;
  });
}
