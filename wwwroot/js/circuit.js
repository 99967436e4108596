// The circuit is asked for by its socket alone. Asked for in two steps, as Blazor does by itself, the second could come to another machine behind the
// same address, which knows nothing of the first.
const webSockets = 1;

Blazor.start({
  circuit: {
    configureSignalR: builder => builder.withUrl('_blazor', { skipNegotiation: true, transport: webSockets }),
  },
});
