/** The name of the method by which Node's `inspect`, and so `console.log`, shows an object; Node itself is not needed for it. */
export const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');
