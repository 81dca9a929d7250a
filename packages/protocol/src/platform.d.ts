// What every platform of today has beyond the language itself. Anything more would not be pure.
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: Uint8Array): string;
}
declare class URL {
  constructor(url: string);
  readonly href: string;
}
declare function atob(data: string): string;
declare function btoa(data: string): string;
