/** Logistic regression with soft labels and an L1 penalty, of a few features. Pure. */

/** Rows of features, each with a label from 0 to 1 and a weight. */
export interface LogisticRows {
  /** Row after row, `width` numbers each. */
  readonly features: Float64Array;
  readonly width: number;
  readonly labels: Float64Array;
  readonly weights: Float64Array;
}

export const sigmoid = (x: number): number =>
  x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
/** log(1 + eˣ), without overflow. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

const ITERATIONS = 200;
const TOLERANCE = 1e-10;
/** Keeps a curvature above 0 where all labels are met. */
const RIDGE = 1e-12;

/**
 * The coefficients that minimise Σ weight · cross-entropy(label, σ(x·θ)) + penalty · ‖θ‖₁, which is liblinear's L1 problem at
 * C = 1 / penalty. By Newton's method, whose steps are found by coordinate descent and shortened until they help.
 *
 * @param places of the rows that count, each as often as it is there; all of them unless given.
 */
export const fitLogistic = (
  rows: LogisticRows,
  penalty: number,
  {places, from}: {readonly places?: Int32Array; readonly from?: readonly number[]} = {},
): number[] => {
  const {width} = rows;
  let theta = [...(from ?? new Array<number>(width).fill(0))];
  let loss = lossOf(rows, theta, penalty, places);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const {gradient, hessian} = slopesOf(rows, theta, places);
    const step = stepFor(theta, gradient, hessian, penalty);
    // What the step promises, to first order; negative until the minimum.
    const promise =
      gradient.reduce((sum, each, at) => sum + each * (step[at] ?? 0), 0) +
      penalty * (norm(theta.map((each, at) => each + (step[at] ?? 0))) - norm(theta));
    if (-promise <= TOLERANCE * Math.max(1, Math.abs(loss))) break;
    let share = 1;
    for (; share > 1e-10; share /= 2) {
      const next = theta.map((each, at) => each + share * (step[at] ?? 0));
      const nextLoss = lossOf(rows, next, penalty, places);
      if (nextLoss > loss + 1e-4 * share * promise) continue;
      [theta, loss] = [next, nextLoss];
      break;
    }
    if (share <= 1e-10) break;
  }
  return theta;
};

const norm = (values: readonly number[]): number => values.reduce((sum, each) => sum + Math.abs(each), 0);

const each = (
  {labels, width, features, weights}: LogisticRows,
  theta: readonly number[],
  places: Int32Array | undefined,
  visit: (row: {
    readonly at: number;
    readonly logit: number;
    readonly label: number;
    readonly weight: number;
  }) => void,
): void => {
  const count = places?.length ?? labels.length;
  for (let index = 0; index < count; index++) {
    const row = places === undefined ? index : (places[index] ?? 0);
    const at = row * width;
    let logit = 0;
    for (let column = 0; column < width; column++)
      logit += (features[at + column] ?? 0) * (theta[column] ?? 0);
    visit({at, logit, label: labels[row] ?? 0, weight: weights[row] ?? 0});
  }
};

const lossOf = (
  rows: LogisticRows,
  theta: readonly number[],
  penalty: number,
  places?: Int32Array,
): number => {
  let loss = penalty * norm(theta);
  each(rows, theta, places, ({logit, label, weight}) => {
    loss += weight * (softplus(logit) - label * logit);
  });
  return loss;
};

const slopesOf = (rows: LogisticRows, theta: readonly number[], places?: Int32Array) => {
  const {width, features} = rows;
  const gradient = new Array<number>(width).fill(0);
  const hessian = Array.from({length: width}, () => new Array<number>(width).fill(0));
  each(rows, theta, places, ({at, logit, label, weight}) => {
    const chance = sigmoid(logit);
    const error = weight * (chance - label);
    const curvature = weight * chance * (1 - chance);
    for (let row = 0; row < width; row++) {
      const value = features[at + row] ?? 0;
      gradient[row] = (gradient[row] ?? 0) + error * value;
      const line = hessian[row] as number[];
      for (let column = 0; column < width; column++)
        line[column] = (line[column] ?? 0) + curvature * value * (features[at + column] ?? 0);
    }
  });
  for (const [at, line] of hessian.entries()) line[at] = (line[at] ?? 0) + RIDGE;
  return {gradient, hessian};
};

/** Minimises the quadratic model with the penalty, one coordinate after the other. */
const stepFor = (
  theta: readonly number[],
  gradient: readonly number[],
  hessian: readonly (readonly number[])[],
  penalty: number,
): number[] => {
  const step = theta.map(() => 0);
  for (let sweep = 0; sweep < 1000; sweep++) {
    let moved = 0;
    for (const [at, line] of hessian.entries()) {
      const curvature = line[at] ?? 1;
      const slope =
        (gradient[at] ?? 0) + line.reduce((sum, value, other) => sum + value * (step[other] ?? 0), 0);
      const now = (theta[at] ?? 0) + (step[at] ?? 0);
      const aim = now - slope / curvature;
      const next = Math.sign(aim) * Math.max(0, Math.abs(aim) - penalty / curvature);
      step[at] = (step[at] ?? 0) + next - now;
      moved = Math.max(moved, Math.abs(next - now));
    }
    if (moved < 1e-12) break;
  }
  return step;
};

/** liblinear's C, as scikit-learn's LogisticRegressionCV tries them: ten from 1e-4 to 1e4, evenly by their logarithms. */
const CS = Array.from({length: 10}, (_, at) => 10 ** (-4 + (8 * at) / 9));
const FOLDS = 5;

/** Mean weighted cross-entropy on rows that were left out of a fit. */
const heldOutLoss = (rows: LogisticRows, theta: readonly number[], places: Int32Array): number => {
  let loss = 0;
  each(rows, theta, places, ({logit, label, weight}) => {
    const chance = Math.min(1 - 1e-15, Math.max(1e-15, sigmoid(logit)));
    loss -= weight * (label * Math.log(chance) + (1 - label) * Math.log(1 - chance));
  });
  return loss / places.length;
};

export interface CrossValidated {
  readonly theta: readonly number[];
  /** What was chosen. */
  readonly c: number;
}

/**
 * The same with the penalty that does best on five parts of the rows, each left out once; the strongest of those that do equally
 * well: what scikit-learn's LogisticRegressionCV with GroupKFold(5), penalty l1 and liblinear works out of rows that are there
 * with label 1 and label 0.
 */
export const fitCrossValidated = (rows: LogisticRows): CrossValidated => {
  const count = rows.labels.length;
  // Groups of equal size are dealt to the folds from the last row on.
  const foldOf = (row: number): number => (count - 1 - row) % FOLDS;
  const all = Array.from({length: count}, (_, row) => row);
  const losses = CS.map(() => 0);
  for (let fold = 0; fold < FOLDS; fold++) {
    const kept = Int32Array.from(all.filter((row) => foldOf(row) !== fold));
    const left = Int32Array.from(all.filter((row) => foldOf(row) === fold));
    if (left.length === 0) continue;
    for (const [at, c] of CS.entries())
      losses[at] = (losses[at] ?? 0) + heldOutLoss(rows, fitLogistic(rows, 1 / c, {places: kept}), left);
  }
  const c = CS[losses.indexOf(Math.min(...losses))] ?? 1;
  return {theta: fitLogistic(rows, 1 / c), c};
};
