namespace Granary.Application.Simulation;

/// <summary>
/// Runs the strategies of a plan, in this process or on silos. Whatever it is, each strategy's outcome and events are the same to the bit.
/// </summary>
public interface IBatchHost
{
    /// <summary>For the manifest and the report, as "embedded, 2 threads".</summary>
    string Description { get; }

    /// <summary>Who runs some strategies of the batch more often, for those who look at it afterwards.</summary>
    /// <param name="evaluations">Bars times strategies of it: what is little is done sooner in this process than given out.</param>
    /// <param name="threads">Of this process.</param>
    IBatchHost ForValidation(long evaluations, int threads) => new EmbeddedHost(threads);

    /// <exception cref="OperationCanceledException">What had finished was reported.</exception>
    Task RunAsync(StrategyPass pass, CancellationToken cancellationToken);
}

/// <summary>A host that lets the portfolio decide while the bars come, and not afterwards.</summary>
public interface IPortfolioHost : IBatchHost
{
    /// <summary>What the portfolio did; after the run.</summary>
    /// <param name="row">Is given every row of the equity curve.</param>
    /// <param name="trade">Is given the portfolio's trades in the order of closing.</param>
    PortfolioOutcome Outcome(Action<Reporting.Runs.EquityRow>? row, Action<Engine.Portfolio.PortfolioTrade> trade);
}
