using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary.Simulation.Validation;

/// <summary>
/// The factors of a study as trials on its bars. A factor counts once, however often it is studied; its returns are those of the highest
/// quantile less the lowest, chosen again at each bar, without costs.
/// </summary>
internal sealed class StudyTrials
{
    private readonly List<(string Factor, double[] Daily)> _tried = [];

    /// <summary>Adds a factor.</summary>
    /// <param name="identity">The factor with all that changes its returns.</param>
    /// <param name="times">Open times of the bars, UTC ticks, ascending.</param>
    /// <param name="returns">The return of each bar; NaN for none.</param>
    public void Add(string identity, long[] times, double[] returns)
    {
        var daily = new List<double>();
        var day = -1L;
        for (var t = 0; t < times.Length; t++)
        {
            if (times[t] / TimeSpan.TicksPerDay != day)
            {
                day = times[t] / TimeSpan.TicksPerDay;
                daily.Add(0);
            }
            if (!double.IsNaN(returns[t])) daily[^1] += returns[t];
        }
        _tried.Add((identity, [.. daily]));
    }

    /// <summary>
    /// Records the factors in a ledger and returns all trials on these bars. If that fails, returns the study's trials alone.
    /// </summary>
    /// <param name="symbols">The symbols of the study.</param>
    /// <param name="markets">Opened markets by symbol.</param>
    public async Task<TrialCensus> CountAsync(TrialLedger ledger, IReadOnlyList<string> symbols,
        IReadOnlyDictionary<string, OpenedMarket> markets, CancellationToken cancellationToken = default)
    {
        var dataSet = RunFolder.HashOf(symbols.Select(s => markets[s].Series.ContentHash));
        var effective = EffectiveTrials.Of([.. _tried.Select(t => t.Daily)]);
        var share = effective.Trials > 0 ? Math.Min(1, effective.Number / effective.Trials) : 0;
        var costs = TrialIdentity.CostsOf(new ExecutionSettings());
        List<Trial> trials = [.. _tried.Select(tried =>
        {
            var moments = Moments.OfReturns(tried.Daily);
            var moves = moments.SampleDeviation > 0;
            var factor = TrialLedger.HashOf(tried.Factor);
            return new Trial(factor, costs, (ulong)factor, moves ? moments.Mean / moments.SampleDeviation : double.NaN,
                moves ? share : 0);
        })];
        Dictionary<string, BarSketch>? sketches = null;
        if (!ledger.IsNone)
        {
            var parts = new List<BarSketch>();
            foreach (var symbol in symbols) parts.Add(await BarSketch.OfAsync(markets[symbol].Series, cancellationToken));
            sketches = new(StringComparer.Ordinal) { [dataSet] = BarSketch.Join(parts) };
        }
        return await TrialLedger.CountAsync(ledger, [new(dataSet, trials)], sketches, cancellationToken: cancellationToken);
    }
}
