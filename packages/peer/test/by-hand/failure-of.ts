/** What a promise was rejected with. */
export async function failureOf(promise: PromiseLike<unknown>): Promise<Error & { readonly code?: number }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}
