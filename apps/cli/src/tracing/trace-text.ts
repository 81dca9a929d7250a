import type { Attachments } from '@bjsonrpc/protocol';
import { printable } from '../printing/printable.js';
import type { Output } from '../terminal.js';
import type { Side } from './relay.js';

/** A message on its way, as a trace shows it. */
export interface Passing {
  readonly connection: number;
  readonly from: Side;
  readonly text: string;
  readonly attachments: Attachments | undefined;
  readonly time: Date;
}

/** `12:30:01.042 #1 → 38 B {"params":[2,3],…}`: → is from who dialled, ← the answer; errors are red. */
export function traceText(
  { connection, from, text, attachments, time }: Passing,
  { colors }: Output,
): string {
  const arrow = from === 'client' ? colors.cyan('→') : colors.green('←');
  const bytes = messageBytes(text, attachments);
  const beside = attachments ? colors.dim(` and ${attachments.length} × bytes`) : '';
  const shown = /"error":(?!null)/.test(text) ? colors.red(printable(text)) : printable(text);
  return `${traceHead(connection, { time, colors })} ${arrow} ${colors.dim(`${bytes} B`)} ${shown}${beside}`;
}

/** What every line of a trace begins with: the time of day, and which connection. */
export function traceHead(
  connection: number,
  { time, colors }: { readonly time: Date; readonly colors: Output['colors'] },
): string {
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':');
  return `${colors.dim(`${clock}.${String(time.getMilliseconds()).padStart(3, '0')}`)} #${connection}`;
}

function messageBytes(text: string, attachments: Attachments = []): number {
  return attachments.reduce((sum, { byteLength }) => sum + byteLength, Buffer.byteLength(text));
}
