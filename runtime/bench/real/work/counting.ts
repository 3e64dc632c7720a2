/** An executor that counts the tokens that its programs are run on, fillers among them. */
import type {Executor} from '../../../tensor/executor.js';

/** What the graphs of training and scoring call their rows of tokens. */
const TOKENS = 'tokens';

export interface TokenCount {
  readonly executor: Executor;
  /** So far. */
  tokens(): number;
}

export function countingTokens(inner: Executor): TokenCount {
  let count = 0;
  const note = (inputs: Readonly<Record<string, Float32Array | Int32Array>>): void => {
    count += inputs[TOKENS]?.length ?? 0;
  };
  const {compileSized} = inner;
  const executor: Executor = {
    ...inner,
    compile: async (fn, state) => {
      const program = await inner.compile(fn, state);
      return {
        ...program,
        run: (inputs) => {
          note(inputs);
          return program.run(inputs);
        },
      };
    },
    ...(compileSized && {
      compileSized: async (fn, state, options) => {
        const program = await compileSized(fn, state, options);
        return {
          ...program,
          run: (sizes, inputs) => {
            note(inputs);
            return program.run(sizes, inputs);
          },
        };
      },
    }),
  };
  return {executor, tokens: () => count};
}
