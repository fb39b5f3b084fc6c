using Granary.Contracts.Sessions;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Weights;
using Granary.Trading.Live;

namespace Granary.Trading.Sessions;

/// <summary>Services that the sessions of a process share.</summary>
internal sealed record SessionServices
{
    /// <summary>The full path of the folder of all runs; created if missing.</summary>
    public required string Runs { get; init; }

    /// <summary>The store of the journals, each with a lease.</summary>
    public required IAccountStore Accounts { get; init; }

    /// <summary>The service of new weights; a portfolio's id is its account's.</summary>
    public required IWeightsService Weights { get; init; }

    /// <summary>The catalogues of the process.</summary>
    public required GranaryCatalogues Catalogues { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Called with the account and a log line for each decision and transition; null for no call.</summary>
    public Action<string, string>? OnFact { get; init; }

    /// <summary>
    /// Called with the account, the reason and the next attempt when a session is interrupted, or without a next attempt when it fails;
    /// null for no call.
    /// </summary>
    public Action<string, Exception, SessionRetry?>? OnInterrupted { get; init; }
}
