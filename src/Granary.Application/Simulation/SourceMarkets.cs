using System.Collections.Concurrent;
using Granary.Application.Batches;
using Granary.Engine.Market;

namespace Granary.Application.Simulation;

/// <summary>A source and the series that a batch opened of it, closed together.</summary>
internal sealed class SourceMarkets(IBarSource source) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, OpenedMarket> _opened = new(StringComparer.Ordinal);

    public IBarSource Source => source;

    public async Task<IReadOnlyDictionary<string, OpenedMarket>> OpenAsync(BatchSpec spec, BatchPlan plan, int threads,
        CancellationToken cancellationToken)
    {
        var symbols = plan.Feeds.SelectMany(f => f.Symbols).Distinct(StringComparer.Ordinal).ToList();
        var declared = DeclaredSource.Of(source, spec.Data);
        // All are tried, so that the fault that is reported does not depend on the threads.
        var faults = new ConcurrentDictionary<int, Exception>();
        await Parallel.ForEachAsync(Enumerable.Range(0, symbols.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellationToken },
            async (i, token) =>
            {
                try
                {
                    var series = await WarmUpSpan.OpenAsync(declared, spec, symbols[i], token);
                    _opened[symbols[i]] = new OpenedMarket(symbols[i], series, series.Instrument,
                        await IntrabarPaths.OpenAsync(source, spec, symbols[i], token));
                }
                catch (BarDataException e) when (e.Line is null)
                {
                    // The fault is not in a row of a file, so the batch names the wrong source, symbol or time.
                    faults[i] = spec.Data.Place.Fault(e.Message, e);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    faults[i] = e;
                }
            });
        if (!faults.IsEmpty) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(faults[faults.Keys.Min()]);
        return _opened;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var market in _opened.Values)
        {
            await market.Series.DisposeAsync();
            if (market.Smaller is { } smaller) await smaller.DisposeAsync();
        }
    }
}
