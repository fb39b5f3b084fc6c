namespace Granary.Simulation.Passes;

/// <summary>Thrown if the events of a strategy cannot be stored. It concerns the whole run, not the strategy that is running.</summary>
internal sealed class EventStoreException(IOException inner) : IOException(inner.Message, inner);
