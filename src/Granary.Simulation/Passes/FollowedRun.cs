namespace Granary.Simulation.Passes;

/// <summary>A run of a strategy that the portfolio follows.</summary>
/// <param name="Log">The number of its event log.</param>
/// <param name="Earlier">Signals of the strategy's earlier runs: its own are numbered after them.</param>
public readonly record struct FollowedRun(int Log, int Earlier);
