/** What a function of the program's gives; or, where it throws, the other thing: nobody else is disturbed. */
export function safely<Result>(run: () => Result, otherwise: Result): Result {
  try {
    return run();
  } catch {
    return otherwise;
  }
}
