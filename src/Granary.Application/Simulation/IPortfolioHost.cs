namespace Granary.Application.Simulation;

/// <summary>Runs the portfolio pass of one batch: this process does, or in a cluster the grain that owns the pass.</summary>
public interface IPortfolioHost
{
    /// <summary>Begins the pass and waits for its end.</summary>
    Task<PortfolioOutcome> RunAsync(RunningPortfolio portfolio);
}
