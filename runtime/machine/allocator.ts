/** What glibc's allocator is told, by the environment of a process that holds models. Other libraries do not read it. */

/**
 * Blocks of 1 MB and more are given back to the system when they are freed. By itself glibc keeps blocks of up to 32 MB once one of
 * them was freed: a model's weights, read and then laid out for products, left so much of that behind that sampling with 135M
 * parameters took 1.8 to 1.9 GB instead of 1.5. Nothing was slower. What the user has set stays.
 */
export const allocatorEnvironment = (
  {MALLOC_MMAP_THRESHOLD_ = `${2 ** 20}`}: NodeJS.ProcessEnv = process.env,
): Record<string, string> => ({MALLOC_MMAP_THRESHOLD_});
