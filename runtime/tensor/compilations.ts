/** How often this process has compiled a graph, whichever executor did: with one graph for all lengths, hardly ever. */
let count = 0;

/** An executor says so for each session or saved model that it makes. */
export const countCompilation = (): void => {
  count += 1;
};

export const compilations = (): number => count;
