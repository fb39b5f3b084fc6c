namespace Granary.Simulation.Passes;

/// <summary>
/// Runs the strategies of a plan, in this process or on silos. Outcomes and events of each strategy are bit-identical on all hosts.
/// </summary>
internal interface IBatchHost
{
    /// <summary>Description for the manifest and the report, such as "embedded, 2 threads".</summary>
    string Description { get; }

    /// <summary>
    /// Whether strategies can run again with the same settings. A host that identifies passes by their settings cannot do that.
    /// </summary>
    bool CanRepeat => false;

    /// <summary>Returns the host for repeated runs of some strategies in the validation checks.</summary>
    /// <param name="evaluations">Size of the work in bars times strategies; small work is faster in this process than on silos.</param>
    /// <param name="threads">Number of threads of this process.</param>
    IBatchHost ForValidation(long evaluations, int threads) => new EmbeddedHost(threads);

    /// <exception cref="OperationCanceledException">The host has already reported the strategies that had finished.</exception>
    Task RunAsync(StrategyPass pass, CancellationToken cancellationToken);
}
