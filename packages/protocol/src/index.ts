export { type BuiltinName, type ClassCodec, type ClassOf, Codec, type CodecOptions } from './codec.js';
export { type DecodeContext, decodeValue, namesOfRemoteObjects } from './decode.js';
export type {
  AbortSignalLike,
  CloseDetails,
  ConnectionInfo,
  DialOptions,
  Duplex,
  Listener,
  ListenerAddress,
  ListenOptions,
  OnDuplex,
  Receiver,
  SessionInfo,
  Transport,
} from './duplex.js';
export { type EncodeContext, encodePlain, encodeValue, translateValue, withoutClassHints } from './encode.js';
export { envelopeOf } from './envelope-of.js';
export { errorFromObject, errorFromWire } from './error-from-wire.js';
export { type ErrorObject, errorObject, errorText } from './error-object.js';
export {
  CancelledError,
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
  type RpcErrorClass,
  type RpcErrorOptions,
  TimeoutError,
  UnknownObjectError,
  UnsendableError,
} from './errors.js';
export { isForeign, markForeign } from './foreign-error.js';
export { Gate } from './gate.js';
export { hintKeys, mayHoldHints, type ReferenceHint, type ReferenceKind } from './hints.js';
export { Counter, idText, objectName } from './ids.js';
export { isError } from './is-error.js';
export { defaultLimits, type Limits } from './limits.js';
export { FramingError, LineDecoder, type LineDecoderOptions } from './lines.js';
export { isResponse, type Message, readMessage } from './message.js';
export { MessageText } from './message-text.js';
export { nestsDeeperThan } from './nests-deeper-than.js';
export { ownText } from './own-text.js';
export { isPlainObject } from './plain-object.js';
export { bjsonrpc, type Profile, type RequestExtras, type RequestParts } from './profile.js';
export { RegExpSource } from './reg-exp-source.js';
export { shortIdText } from './short-messages.js';
export { spelledIds } from './spelled-ids.js';
