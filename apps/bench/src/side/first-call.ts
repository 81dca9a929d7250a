/** A process that makes one call and ends: `first-call.js NAME PORT`. It reports milliseconds since the process began. */
import { isContender, loadContender } from '../contenders.js';

const [name = '', port = ''] = process.argv.slice(2);
if (!isContender(name)) throw new Error(`no contender ${name}`);
const contender = await loadContender(name);
const client = await contender.connect(Number(port));
const sum = await client.add(2, 3);
const ms = performance.now(); // counts from the start of the process
if (sum !== 5) throw new Error(`2 + 3 = ${sum}`);
process.send?.({ ms }, () => process.exit(0));
