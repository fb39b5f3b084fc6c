namespace Granary.Simulation.Passes;

/// <summary>
/// Thrown if a run and its own record differ: a strategy that ran again gave a different result, or events on the disk were changed. The
/// message is one sentence.
/// </summary>
internal sealed class RecordDiffersException(string message) : Exception(message);
