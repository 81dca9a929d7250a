/** What the reference server and client both publish, each calling the other: n!, a factor at a time. */
export interface Factorial {
  fact(number: number): Promise<number>;
}
