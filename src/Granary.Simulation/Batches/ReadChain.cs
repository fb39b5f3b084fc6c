using Granary.Engine.Market;
using Granary.Engine.Market.Chains;

namespace Granary.Simulation.Batches;

/// <summary>The contracts of a chain, opened, and which of them it has when.</summary>
/// <param name="Contracts">In the order of their delivery.</param>
/// <param name="Series">Their bars, in the same order.</param>
internal sealed record ReadChain(IReadOnlyList<ChainContract> Contracts, IReadOnlyList<IBarSeries> Series, ChainPlan Plan) :
    IAsyncDisposable
{
    public required RollRule Rule { get; init; }

    /// <summary>The trading days by which it rolls.</summary>
    public required ChainDays Days { get; init; }

    /// <summary>Contracts whose expiry was taken from their last bar.</summary>
    public required IReadOnlyList<string> ByLastBar { get; init; }

    /// <summary>Symbols that begin as contracts do, and are none.</summary>
    public required IReadOnlyList<string> Others { get; init; }

    public async ValueTask DisposeAsync()
    {
        foreach (var series in Series) await series.DisposeAsync();
    }
}
