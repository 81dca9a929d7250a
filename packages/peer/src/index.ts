export {
  acp,
  type BuiltinName,
  bjsonrpc,
  CancelledError,
  type ClassCodec,
  Codec,
  type CodecOptions,
  ConnectionClosedError,
  type ConnectionInfo,
  codes,
  DependencyFailedError,
  type Dialect,
  InternalError,
  InvalidParamsError,
  InvalidRequestError,
  jsonrpc2,
  LimitExceededError,
  type Limits,
  lsp,
  MethodNotFoundError,
  mcp,
  ParseError,
  RegExpSource,
  RemoteError,
  RpcError,
  TimeoutError,
  type Transport,
  UnknownObjectError,
  UnsendableError,
} from '@bjsonrpc/protocol';
export type { CallOptions } from './basics/call-options.js';
export { type Clock, systemClock } from './basics/clock.js';
export type { WireEvent } from './basics/wire-event.js';
export { type ConnectOptions, connect } from './connect.js';
export type { AnyPeer, CloseReason, Description, MethodDescription, PeerStats } from './contract/peer.js';
export type { Keywords, RemoteMethod } from './contract/remote-method.js';
export type { RemoteReference } from './contract/remote-reference.js';
export type {
  CallProxy,
  MethodProxy,
  NotifyProxy,
  PipeProxy,
  Received,
  Reference,
  RemoteFunction,
  RemoteIterable,
  RemoteObject,
  RemotePromise,
  RemoteStream,
  Request,
  Sendable,
  UntypedProxy,
} from './contract/remote-types.js';
export type { ValueClasses } from './contract/value-types.js';
export type { PeerOptions } from './options.js';
export type { OutgoingCall, OutgoingInterceptor } from './outgoing/outgoing-interceptor.js';
export { Peer, type PeerParts } from './peer.js';
export { BroadcastError, broadcast, type Telling } from './proxies/broadcast.js';
export { type CallContext, currentCall, type Principal, type Register } from './publishing/call-context.js';
export { Handler } from './publishing/handler.js';
export type { IncomingCall, IncomingInterceptor } from './publishing/incoming-interceptor.js';
export { kw } from './publishing/keywords.js';
export type { MethodOwner } from './publishing/publish.js';
export { type StandardSchema, type ValidationResult, validate } from './publishing/validate.js';
export { retain } from './references/reference.js';
export { createServer, type HandlerFactory, type Server } from './server.js';
