// Preloaded by the test of the quick start, whose programs use the default port: moves that port to $OTHER_PORT.
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const other = Number(process.env.OTHER_PORT);
const moved = (options) => (options?.port === 10123 ? { ...options, port: other } : options);
const { connect } = net;
const { listen } = net.Server.prototype;

net.connect = (options, ...rest) => connect(moved(options), ...rest);
net.Server.prototype.listen = function (options, ...rest) {
  return listen.call(this, moved(options), ...rest);
};
syncBuiltinESMExports();
