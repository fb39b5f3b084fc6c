using Granary.Engine;
using Granary.Simulation.Catalogues;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Charts;

/// <summary>A cache of the most recently read charts, each with the bars of one market.</summary>
/// <param name="curves">Runs strategies again for the levels of their trades.</param>
internal sealed class RunCharts(RunLibrary library, RunCurves curves, GranaryCatalogues catalogues)
{
    private const int Most = 4;

    private readonly RecentAnswers<MarketChart> _charts = new(Most);

    /// <summary>A chart, read from the run's source where it is not in memory.</summary>
    /// <param name="id">The id of a run in the library.</param>
    /// <exception cref="InputException">The run has no such symbol, or a text is not a factor of one market.</exception>
    public Task<MarketChart> FindAsync(string id, ChartQuery query)
    {
        var name = $"{library.VersionOf(id)}|{query.Symbol}|{query.Timeframe}|{query.Strategy}|{string.Join(';', query.Factors)}";
        return _charts.FindAsync(name, () => MarketChart.ReadAsync(library.PathOf(id), query,
            query.Strategy is { } strategy ? () => curves.ReplayAsync(id, strategy) : null, catalogues, CancellationToken.None));
    }
}
