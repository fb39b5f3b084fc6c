using System.Globalization;
using System.Text;
using Granary.Engine.Analysis;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Keys;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary.Simulation.Validation;

/// <summary>Converts a batch's strategies to trials, grouped by the hash of the bars that they ran on.</summary>
public static class BatchTrials
{
    /// <param name="hashes">Hashes of the bars, by symbol.</param>
    /// <param name="modelOf">Returns the name of a strategy's model without its version; null without a model.</param>
    /// <param name="effective">Effective number of independent trials in the batch.</param>
    public static Dictionary<string, IReadOnlyList<Trial>> Of(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes,
        IReadOnlyDictionary<string, string> hashes, Func<int, string?> modelOf, EffectiveTrials effective)
    {
        // Strategies with identical results are one trial. Strategies that never moved count as trials, but with a share of 0.
        var identical = IdenticalResults.Of(plan, outcomes);
        var share = effective.Trials > 0 ? Math.Min(1, effective.Number / effective.Trials) : 0;
        var settings = plan.Spec.Execution.Settings;
        var costs = CostsOf(settings);
        var trials = new Dictionary<string, IReadOnlyList<Trial>>(StringComparer.Ordinal);
        foreach (var feed in plan.Feeds)
        {
            var dataSet = DataSet(feed, hashes);
            if (!trials.TryGetValue(dataSet, out var list)) trials.Add(dataSet, list = new List<Trial>());
            foreach (var instance in feed.Instances)
            {
                if (!identical.IsFirst(instance.Index)) continue;
                if (!outcomes.TryGetValue(instance.Index, out var outcome)) continue;
                // A trial of a search that failed on the bars has steered the search.
                if (outcome.Statistics is null && (outcome.Bars == 0 || !plan.IsTrial(instance.Index))) continue;
                var sharpe = outcome.Trace is { } trace
                    ? TraceSharpe.Of(trace).Sharpe * Math.Sqrt(TimeSpan.TicksPerDay / (double)trace.PeriodTicks)
                    : double.NaN;
                ((List<Trial>)list).Add(new Trial(TrialLedger.HashOf(Text(instance, modelOf(instance.Index), settings)), costs, sharpe,
                    double.IsNaN(sharpe) ? 0 : share));
            }
        }
        return trials;
    }

    /// <summary>
    /// Records the trials in a ledger and returns all trials on these bars. If that fails, returns the trials of this run alone.
    /// </summary>
    /// <param name="ledger">Null if no ledger is used.</param>
    public static async Task<TrialCensus> CountAsync(TrialLedger? ledger,
        IReadOnlyDictionary<string, IReadOnlyList<Trial>> trials,
        IReadOnlyDictionary<string, BarSketch>? sketches = null, CancellationToken cancellationToken = default)
    {
        string? fault = null;
        try
        {
            if (ledger is not null) return await ledger.RecordAsync(trials, sketches, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = e.Message.TrimEnd('.');
        }
        return TrialLedger.Alone(trials) with { Fault = fault };
    }

    /// <summary>Computes sketches of the data sets of a batch.</summary>
    public static async Task<IReadOnlyDictionary<string, BarSketch>> SketchAsync(BatchPlan plan,
        IReadOnlyDictionary<string, OpenedMarket> markets, CancellationToken cancellationToken = default)
    {
        var hashes = markets.ToDictionary(m => m.Key, m => m.Value.Series.ContentHash, StringComparer.Ordinal);
        var bySymbol = new Dictionary<string, BarSketch>(StringComparer.Ordinal);
        foreach (var symbol in plan.Feeds.SelectMany(f => f.Symbols).Distinct(StringComparer.Ordinal))
            bySymbol[symbol] = await BarSketch.OfAsync(markets[symbol].Series, cancellationToken);
        var sketches = new Dictionary<string, BarSketch>(StringComparer.Ordinal);
        foreach (var feed in plan.Feeds) sketches[DataSet(feed, hashes)] = BarSketch.Join([.. feed.Symbols.Select(s => bySymbol[s])]);
        return sketches;
    }

    public static string DataSet(FeedPlan feed, IReadOnlyDictionary<string, string> hashes) =>
        feed.Symbols.Count == 1 ? hashes[feed.Symbols[0]] : RunFolder.HashOf(feed.Symbols.Select(s => hashes[s]));

    // Identifies a combination by class, parameters, timeframe, trading settings and order execution. Its name and the trading costs are
    // not part of it.
    public static string Text(StrategyInstance instance, string? model, ExecutionSettings settings)
    {
        var parameters =
            string.Join(',', instance.Params.Select(p => $"{p.Name}={Convert.ToString(p.Value, CultureInfo.InvariantCulture)}"));
        var text = new StringBuilder(FormattableString.Invariant($"{instance.Definition.Name}({parameters})@{instance.Timeframe}"));
        foreach (var key in RecordKeys<TradingSettings>.All)
            if (!key.IsUsual(instance.Trading)) text.Append('|').Append(key.Name).Append(' ').Append(key.Identity(instance.Trading));
        return text.Append('|').Append(model).Append(RulesOf(settings)).ToString();
    }

    // Settings of order execution and account that differ from the defaults.
    private static string RulesOf(ExecutionSettings settings)
    {
        var plain = new ExecutionSettings();
        var text = new StringBuilder();
        Add("fill", settings.Fill, plain.Fill);
        Add("latency", settings.LatencyBars, plain.LatencyBars);
        Add("leverage", settings.Leverage, plain.Leverage);
        Add("maintenance", settings.Maintenance, plain.Maintenance);
        Add("intrabar", settings.Intrabar, plain.Intrabar);
        Add("protect", settings.ProtectFrom, plain.ProtectFrom);
        return text.ToString();

        void Add<T>(string name, T value, T usual)
        {
            if (!EqualityComparer<T>.Default.Equals(value, usual)) text.Append(CultureInfo.InvariantCulture, $"|{name} {value}");
        }
    }

    // Hashes the costs of several sample orders, so that the spelling in the batch file does not matter.
    public static ulong CostsOf(ExecutionSettings settings)
    {
        var text = new StringBuilder();
        AddCosts(text, settings);
        foreach (var symbol in settings.BySymbol.Keys.Order(StringComparer.Ordinal))
            AddCosts(text.Append('|').Append(symbol).Append('|'), settings.For(symbol));
        return (ulong)TrialLedger.HashOf(text.ToString());
    }

    private static void AddCosts(StringBuilder text, ExecutionSettings settings)
    {
        foreach (var quantity in (double[])[1, 1_000, 1_000_000])
            foreach (var maker in (bool[])[false, true])
                text.Append(CultureInfo.InvariantCulture,
                    $"{settings.Fee.Fee(100, quantity, 1, maker):R}|"
                        + $"{settings.Slippage?.Slip(Side.Buy, 100, quantity, 10_000, 0.01) ?? 100:R}|");
        text.Append(CultureInfo.InvariantCulture,
            $"{settings.BorrowFeeRate:R}|{settings.MarginRate:R}");
    }
}
