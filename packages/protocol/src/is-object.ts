/** Whether a value is no primitive and no function. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
