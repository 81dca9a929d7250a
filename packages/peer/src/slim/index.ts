export {
  CancelledError,
  Codec,
  ConnectionClosedError,
  codes,
  DependencyFailedError,
  InternalError,
  InvalidParamsError,
  InvalidRequestError,
  LimitExceededError,
  MethodNotFoundError,
  ParseError,
  RemoteError,
  RpcError,
  TimeoutError,
  UnknownObjectError,
  UnsendableError,
} from '@bjsonrpc/protocol';
export { currentCall } from '../call-context.js';
export { Handler } from '../handler.js';
export { kw } from '../keywords.js';
export { connect, type SlimOptions, type SlimPeer } from './connect.js';
export { retain } from './references.js';
