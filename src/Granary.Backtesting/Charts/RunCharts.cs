using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Charts;

/// <summary>A cache of the most recently read charts, each with the bars of one market.</summary>
public sealed class RunCharts(RunLibrary library, GranaryCatalogues catalogues)
{
    private const int Most = 4;

    private readonly Lock _gate = new();
    private readonly LinkedList<(string Name, Task<RunChart> Chart)> _charts = new();

    /// <summary>A chart, read from the run's source where it is not in memory.</summary>
    /// <param name="id">The id of a run in the library.</param>
    /// <exception cref="InputException">The run has no such symbol, or a text is not a factor of one market.</exception>
    public async Task<RunChart> FindAsync(string id, ChartQuery query)
    {
        var folder = library.PathOf(id);
        var written = File.GetLastWriteTimeUtc(Path.Combine(folder, "manifest.json")).Ticks;
        var name = $"{id}|{written}|{query.Symbol}|{query.Timeframe}|{query.Strategy}|{string.Join(';', query.Factors)}";
        Task<RunChart> chart;
        lock (_gate)
        {
            var known = _charts.FirstOrDefault(c => c.Name == name);
            if (known.Name is not null) _charts.Remove(known);
            // Several readers may wait for the same chart, so that none of them can cancel the reading.
            chart = known.Chart ?? RunChart.ReadAsync(folder, query, catalogues, CancellationToken.None);
            _charts.AddFirst((name, chart));
            if (_charts.Count > Most) _charts.RemoveLast();
        }
        try
        {
            return await chart.ConfigureAwait(false);
        }
        catch
        {
            lock (_gate) _charts.Remove((name, chart));
            throw;
        }
    }
}
