using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Recorded;

namespace Granary.Simulation.Passes;

/// <summary>
/// Checks that the source of a batch has its symbols, so a wrong batch is refused before it is queued. Opens only the first symbol and
/// those that the source does not list; the run checks the others.
/// </summary>
internal static class BatchDataCheck
{
    /// <returns>Bars times strategies, counted at the first symbol.</returns>
    /// <param name="withSearches">Whether the job runs searches; otherwise they are refused.</param>
    /// <exception cref="InputException">The batch names a source, a symbol or a timeframe that does not exist.</exception>
    public static async Task<double> RunAsync(BatchSpec spec, CancellationToken cancellationToken, bool withSearches = false)
    {
        var data = spec.Data;
        try
        {
            var source = BatchSources.Open(spec.Catalogues, data);
            var symbols = await BatchSources.SymbolsAsync(source, data, cancellationToken);
            MarketRequirements.RefuseInverse(data, symbols);
            var plan = withSearches ? BatchPlan.MakeSearched(spec, symbols, cancellationToken: cancellationToken)
                : BatchPlan.Make(spec, symbols, cancellationToken: cancellationToken);
            var listed = (await source.ListSymbolsAsync(data.Timeframe, cancellationToken)).ToHashSet(StringComparer.Ordinal);
            // Recorded trades do not count bars, so their prices may have any spacing.
            var isCounted = spec.Strategies.All(s => s.Class != RecordedTrades.ClassName);
            var bars = 0L;
            foreach (var symbol in symbols.Where((s, i) => i == 0 || !listed.Contains(s)))
            {
                await using var series = await WarmUpSpan.OpenAsync(source, spec, symbol, cancellationToken);
                if (symbol == symbols[0]) bars = series.Count;
                await BatchMemory.CheckAsync(spec, symbols.Count, series, cancellationToken);
                if (isCounted) await MarketRequirements.CheckSpacingAsync(data, symbol, series, cancellationToken);
            }
            return (double)bars * plan.Capacity;
        }
        catch (BarDataException e) when (e.Line is null)
        {
            throw data.Place.Fault(e.Message, e);
        }
    }
}
