namespace Granary.Simulation.Passes;

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
