using Granary.Contracts.Sessions;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Weights;
using Granary.Trading.Live;

namespace Granary.Trading.Sessions;

/// <summary>What the sessions of a process share.</summary>
public sealed record SessionServices
{
    /// <summary>Full path of the folder of all runs; made where missing.</summary>
    public required string Runs { get; init; }

    /// <summary>Keeps the journals, each under a lease.</summary>
    public required IAccountStore Accounts { get; init; }

    /// <summary>Where new weights come from; a portfolio's id is its account's.</summary>
    public required IWeightsService Weights { get; init; }

    /// <summary>What the process knows.</summary>
    public required GranaryCatalogues Catalogues { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Called with the account and a line of the log for each decision and transition; null for no call.</summary>
    public Action<string, string>? OnFact { get; init; }

    /// <summary>
    /// Called with the account, the reason and the next try when a session is interrupted, without a next try when it fails; null for no
    /// call.
    /// </summary>
    public Action<string, Exception, SessionRetry?>? OnInterrupted { get; init; }
}
