import * as surface from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { exportedNames } from '../../../test/exported-names.ts';

test('the package exports exactly this', () => {
  const names = exportedNames(new URL('../src/index.ts', import.meta.url));
  const values = names.split('\n').filter((name) => !name.startsWith('type '));
  expect(Object.keys(surface).sort()).toEqual(values.sort());
  expect(names).toMatchInlineSnapshot(`
    "CancelledError
    type ClassCodec
    Codec
    ConnectionClosedError
    type ConnectionInfo
    codes
    DependencyFailedError
    InternalError
    InvalidParamsError
    InvalidRequestError
    LimitExceededError
    type Limits
    MethodNotFoundError
    ParseError
    RemoteError
    RpcError
    TimeoutError
    type Transport
    UnknownObjectError
    UnsendableError
    type CallContext
    currentCall
    type CallOptions
    type Clock
    systemClock
    type ConnectOptions
    connect
    type Description
    type MethodDescription
    Handler
    retain
    type IncomingCall
    type IncomingInterceptor
    type OutgoingCall
    type OutgoingInterceptor
    type Keywords
    kw
    type PeerOptions
    Peer
    type PeerParts
    type PeerStats
    type MethodOwner
    type RemoteFunction
    type RemoteIterable
    type RemoteObject
    type RemoteReference
    type RemotePromise
    type RemoteStream
    type AnyPeer
    type CallProxy
    type MethodProxy
    type NotifyProxy
    type PipeProxy
    type Received
    type RemoteMethod
    type Sendable
    type UntypedProxy
    type ValueClasses
    type Request
    createServer
    type HandlerFactory
    type Server
    type StandardSchema
    type ValidationResult
    validate
    type WireEvent"
  `);
});
