namespace Granary.Application.Simulation;

/// <summary>Runs the portfolio pass of a batch in this process, and shows it meanwhile.</summary>
public sealed class LocalPortfolioHost : IPortfolioHost
{
    private volatile RunningPortfolio? _running;

    /// <summary>The portfolio as it stands; null before the pass begins.</summary>
    public BatchPortfolio? Standing => _running?.Standing;

    /// <inheritdoc/>
    public Task<PortfolioOutcome> RunAsync(RunningPortfolio portfolio)
    {
        _running = portfolio;
        portfolio.Begin();
        return portfolio.Ended;
    }
}
