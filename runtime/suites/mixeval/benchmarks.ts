/** The benchmarks that MixEval-Hard is a mixture of. */

/** The rows of the paper's Table 2, in its order. */
export const TABLE_2: readonly string[] = [
  ...['TriviaQA', 'MMLU', 'DROP', 'AGIEval', 'HellaSwag', 'CommonsenseQA', 'BoolQ', 'GSM8k'],
  ...['SIQA', 'MATH', 'BBH', 'OpenBookQA', 'GPQA', 'PIQA', 'ARC', 'MBPP'],
];
