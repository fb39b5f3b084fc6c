using Granary.Simulation.Passes;

namespace Granary.Server.Jobs;

/// <summary>The strategies and the portfolio of a batch that runs in this process.</summary>
internal sealed record RunningBatch(RunningStrategies Strategies, RunningPortfolio Portfolio);
