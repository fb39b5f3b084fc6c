namespace Granary.Simulation.Passes;

/// <summary>A run of a strategy that the portfolio follows.</summary>
/// <param name="Log">Index of its events in the log.</param>
/// <param name="Earlier">Number of signals of the strategy's earlier runs. This run's signals are numbered after them.</param>
internal readonly record struct FollowedRun(int Log, int Earlier);
