/** Both AOT objectives over batches, against torch.sort and autograd in float64. */
import test, {type ExecutionContext} from 'ava';
import {aot} from '../../../../runtime/learning/objectives/aot.js';
import {aotUnpaired} from '../../../../runtime/learning/objectives/aot-unpaired.js';
import type {Objective} from '../../../../runtime/learning/objectives/objective-contract.js';
import {measure, type PairNumbers} from '../../../helpers/pair-batch.js';

/** Policy margins 1.5, −6, 4, −0.5; reference margins 4, −2.5, 1, 1.5; log-ratios −1 −1.5 2 −0.5 and 1.5 2 −1 1.5. */
const pairs: readonly PairNumbers[] = [
  {policy: [-3, -4.5], reference: [-2, -6]},
  {policy: [-7, -1], reference: [-5.5, -3]},
  {policy: [-4, -8], reference: [-6, -7]},
  {policy: [-2.5, -2], reference: [-2, -3.5]},
];
/** Losses in the order of ranks, as TRL has them; slopes in the order of rows. At β = 0.5. */
const cases: readonly {
  readonly name: string;
  readonly objective: Objective;
  readonly byRank: readonly number[];
  readonly rankOfRow: readonly number[];
  readonly slopes: readonly (readonly [number, number])[];
}[] = [
  {
    name: 'aot',
    objective: aot,
    byRank: [1.9102241504, 1.1368710061, Math.LN2, Math.LN2],
    rankOfRow: [2, 0, 3, 1],
    slopes: [
      [-0.0625, 0.0625],
      [-0.1064941002, 0.1064941002],
      [-0.0625, 0.0625],
      [-0.0848973374, 0.0848973374],
    ],
  },
  {
    name: 'aot_unpaired',
    objective: aotUnpaired,
    byRank: [0.8259394199, 1.5019290813, 1.3132616875, Math.LN2],
    rankOfRow: [1, 0, 3, 2],
    slopes: [
      [-0.0971624826, 0.0971624826],
      [-0.0702720626, 0.0625],
      [-0.0625, 0.0702720626],
      [-0.0913823223, 0.0913823223],
    ],
  },
];

const near = (t: ExecutionContext, actual: number | undefined, wanted: number): void => {
  t.true(Math.abs((actual ?? Number.NaN) - wanted) < 1e-6, `${actual} is not ${wanted}`);
};

for (const {name, objective, byRank, rankOfRow, slopes} of cases) {
  test(`${name} compares sorted values, each loss in the row of its value, slopes in both rows`, (t) => {
    const measured = measure(objective, {pairs, beta: 0.5});
    for (const [row, rank] of rankOfRow.entries()) near(t, measured.losses[row], byRank[rank] ?? Number.NaN);
    for (const [row, slope] of slopes.flat().entries()) near(t, measured.slopes.flat()[row], slope);
  });

  test(`${name} does not rank rows of weight 0, wherever they stand`, (t) => {
    const low: PairNumbers = {policy: [-900, 900], reference: [0, 0], weight: 0};
    const high: PairNumbers = {policy: [900, -900], reference: [0, 0], weight: 0};
    const filled = measure(objective, {pairs: [low, ...pairs, high], beta: 0.5});
    for (const [row, slope] of slopes.entries()) {
      near(t, filled.slopes[row + 1]?.[0], slope[0]);
      near(t, filled.slopes[row + 1]?.[1], slope[1]);
    }
  });
}

test('of a batch of two the losses are those of TRL', (t) => {
  const batch: readonly PairNumbers[] = [
    {policy: [-10, -12], reference: [-11, -11.5]},
    {policy: [-20, -9], reference: [-18, -10]},
  ];
  const [paired, unpaired] = [aot, aotUnpaired].map((objective) =>
    measure(objective, {pairs: batch, beta: 0.1}).losses.toSorted((one, other) => other - one),
  );
  near(t, paired?.[0], 0.8543552444);
  near(t, paired?.[1], 0.6209570478);
  near(t, unpaired?.[0], 0.7709570478);
  near(t, unpaired?.[1], Math.LN2);
});

test('equal values keep their order, so that each row is matched once', (t) => {
  const same: PairNumbers = {policy: [-1, -2], reference: [-2, -2]};
  const {losses, slopes} = measure(aotUnpaired, {pairs: [same, same, same], beta: 1});
  for (const loss of losses) near(t, loss, Math.log1p(Math.exp(-1)));
  for (const [chosen, rejected] of slopes) near(t, chosen + rejected, 0);
});
