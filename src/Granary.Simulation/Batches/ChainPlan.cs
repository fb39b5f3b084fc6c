using Granary.Engine.Market;
using Granary.Engine.Market.Chains;

namespace Granary.Simulation.Batches;

/// <summary>A stretch of a chain's series: the bars of one contract.</summary>
/// <param name="Contract">Its place among the opened contracts.</param>
/// <param name="From">Open time of the first bar, UTC ticks.</param>
/// <param name="To">Open time of the last bar.</param>
internal sealed record ChainStretch(int Contract, long From, long To, long Count);

/// <summary>The contract of a chain at each time, found by reading all its contracts once.</summary>
internal sealed class ChainPlan
{
    private readonly List<ChainStretch> _stretches = [];
    private readonly List<ListingChange> _changes = [];

    private ChainPlan()
    {
    }

    /// <summary>In the order of time; each contract has at most one.</summary>
    public IReadOnlyList<ChainStretch> Stretches => _stretches;

    /// <summary>Rolls and ends in the order of time.</summary>
    public IReadOnlyList<ListingChange> Changes => _changes;

    /// <summary>The contracts that could not be compared while they were the first one, because no open interest of them was known.
    /// </summary>
    public IReadOnlyList<string> Uncompared { get; private set; } = [];

    /// <summary>Reads the contracts.</summary>
    /// <param name="series">The bars of the contracts, in the order of the assembler's.</param>
    /// <param name="openInterest">The column of open interest; null if the rule does not compare it.</param>
    /// <exception cref="BarDataException">The bars are invalid.</exception>
    public static async Task<ChainPlan> MakeAsync(ChainAssembler assembler, IReadOnlyList<IBarSeries> series, BarQuery query,
        string? openInterest, CancellationToken cancellationToken)
    {
        var plan = new ChainPlan();
        var joiner = new FeedJoiner([.. series.Select(s => new MarketSeries(s.Instrument, s.Timeframe))]);
        var readers = series.Select(s => s.ReadAsync(cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken)).ToList();
        try
        {
            while (true)
            {
                while (joiner.TryNext(out var block)) plan.Take(block, assembler, query, openInterest);
                if (joiner.WaitsFor is not { } waiting) break;
                if (await readers[waiting].MoveNextAsync()) joiner.Add(waiting, readers[waiting].Current);
                else joiner.End(waiting);
            }
        }
        finally
        {
            foreach (var reader in readers) await reader.DisposeAsync();
        }
        if (assembler.Finish() is { } end) plan._changes.Add(end);
        plan.Uncompared = [.. assembler.Uncompared];
        return plan;
    }

    private void Take(JoinedBlock block, ChainAssembler assembler, BarQuery query, string? openInterest)
    {
        var bars = new List<ContractBar>();
        var columns = new FurtherColumns?[block.Symbols];
        for (var c = 0; c < columns.Length; c++) columns[c] = block.Bars(c)?.Further;
        for (var row = 0; row < block.Count; row++)
        {
            bars.Clear();
            for (var c = 0; c < columns.Length; c++)
            {
                if (block.IndexAt(c, row) is not (>= 0 and var at)) continue;
                var interest = openInterest is not null && columns[c]?.IndexOf(openInterest) is >= 0 and var column
                    ? columns[c]![column][at] : double.NaN;
                bars.Add(new ContractBar(c, block.Bars(c)![at], interest));
            }
            var time = block.Time[row];
            var step = assembler.Next(time, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bars));
            if (step.Change is { } change) _changes.Add(change);
            if (step.Contract >= 0) Add(step.Contract, time, query.Wants(time));
        }
    }

    private void Add(int contract, long time, bool isWanted)
    {
        var count = isWanted ? 1 : 0;
        if (_stretches is [.., var last] && last.Contract == contract)
            _stretches[^1] = last with { To = time, Count = last.Count + count };
        else _stretches.Add(new ChainStretch(contract, time, time, count));
    }
}
