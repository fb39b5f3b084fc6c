using Granary.Data.Brokers;
using Granary.Engine.Brokerage;
using Granary.Simulation.Batches;

namespace Granary.Trading.Live;

/// <summary>Parameters for opening an account with its broker.</summary>
internal sealed record AccountOpening
{
    /// <summary>The account's name in the journal.</summary>
    public required string Account { get; init; }

    /// <summary>The broker's name.</summary>
    public required string Broker { get; init; }

    /// <summary>Connects to the broker.</summary>
    public required IBrokerFactory Factory { get; init; }

    public required BatchSpec Spec { get; init; }

    /// <summary>The name of the session's process, for the error that a second session gets.</summary>
    public required string Holder { get; init; }

    /// <summary>Called with each fact that the journal keeps; null for no call.</summary>
    public Action<JournalEvent>? OnKept { get; init; }
}
