/** The recipes that are tried against an endpoint, each as what of a fleet makes it. Pure. */

/** Who is asked: by the names of the models at the endpoint. */
export interface Served {
  readonly reviser: string;
  readonly judge: string;
  readonly answerer: string;
  /** Models whose answers a judge compares; the prompts' file brings some where there is none. */
  readonly others: readonly string[] | undefined;
}

/** In which form reviser and judge are asked, where no words of a user's say it. */
export interface AskedForm {
  /** `plain` as a weak model is asked: the reviser with an example. */
  readonly form: 'marked' | 'plain';
  readonly structured: boolean;
}

/** What every actor that asks is told. */
export interface AskingSettings {
  readonly maxTokens: number;
  readonly concurrency: number;
  readonly timeoutMs: number;
}

export interface RecipePlace {
  readonly served: Served;
  readonly asking: AskingSettings;
  readonly asked: AskedForm;
  /** Files with a user's own words, by their names in `ownWords`. */
  readonly fileOf: (name: keyof typeof ownWords) => string;
}

/** What of a fleet differs from recipe to recipe. */
type Recipe = (place: RecipePlace) => {
  readonly dataset?: string;
  readonly datasets?: readonly object[];
  readonly actors: object;
  readonly needs?: 'recorded answers';
};

/** A turn of the user's for reviser and judge, in fewer words than the built-in one, and in the form that it asks for. */
export const ownWords = {
  revise: `Correct the answer. Change only what is wrong, and keep everything else word for word. Write the corrected answer after the line FINAL, and nothing else.

{task}: {{prompt}}

{student_solution}: {{completion}}

-----------------

FINAL
`,
  compare: `Which answer is better? Reply with the number alone: 1 or 2.

{task}: {{prompt}}

{student_solution_1}: {{first}}

{student_solution_2}: {{second}}

-----------------

The better answer is number
`,
} as const;

/** After the line that the words ask for where the model repeats it, else all of it. */
const REVISION = '^(?:.*\\bFINAL\\b:?|.*?\\{corrected_student_solution\\}:)?(?<revision>.*)$';
/** The first number of the two that stands alone. */
const BETTER = '(?:^|[^\\d.])(?:(?<first>1)|(?<second>2))(?!\\d|\\.\\d)';

const example = {
  prompt: 'When did the first person walk on the Moon, and who was it?',
  completion: 'The first person walked on the Moon on 21 July 1968. It was Neil Armstrong.',
  revision: 'The first person walked on the Moon on 21 July 1969. It was Neil Armstrong.',
  reasoning: 'The year is wrong: it was 1969. The rest is right.',
};

const revising = ({served, asking}: RecipePlace, more: object) => ({
  reviser: {...asker(asking), model: served.reviser, ...more},
});
const judging = ({served, asking}: RecipePlace, more: object) => ({
  judge: {...asker(asking), model: served.judge, ...more},
});
const asker = (asking: AskingSettings) => ({
  ...{endpoint: 'tried', ...asking},
  // Whatever it answers, all prompts are asked: what becomes of each is the figure.
  maxFirstUnusable: 0,
});

export const recipes = {
  clair: (place) => ({
    dataset: 'clair',
    actors: revising(place, {...place.asked, examples: place.asked.form === 'plain' ? [example] : []}),
  }),
  judge_on_policy: (place) => ({dataset: 'judge_on_policy', actors: judging(place, place.asked)}),
  judge_off_policy: (place) => ({
    dataset: 'judge_off_policy',
    actors: {
      ...judging(place, place.asked),
      ...(place.served.others === undefined
        ? {}
        : {
            answerer: {
              ...asker(place.asking),
              model: place.served.answerer,
              others: place.served.others,
            },
          }),
    },
    ...(place.served.others === undefined ? {needs: 'recorded answers'} : {}),
  }),
  stronger_preferred: (place) => ({
    dataset: 'stronger_preferred',
    actors: {answerer: {...asker(place.asking), model: place.served.answerer}},
  }),
  best_of_n: (place) => ({
    datasets: [{dataset: 'best_of_n', answers: 3, rejected: 'worst'}],
    actors: judging(place, {...place.asked, orders: 'seeded'}),
  }),
  /** A user's: own words for the reviser, and the next best of three answers, by own words for the judge. */
  own: (place) => ({
    datasets: [{dataset: 'clair'}, {dataset: 'best_of_n', answers: 3, rejected: 'next'}],
    actors: {
      ...revising(place, {promptFile: place.fileOf('revise'), replyPattern: REVISION}),
      ...judging(place, {promptFile: place.fileOf('compare'), replyPattern: BETTER, orders: 'seeded'}),
    },
  }),
} as const satisfies Readonly<Record<string, Recipe>>;

export type RecipeName = keyof typeof recipes;
export const recipeNames = Object.keys(recipes) as RecipeName[];
