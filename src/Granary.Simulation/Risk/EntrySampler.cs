using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Learning.Features;
using Granary.Learning.Labels;
using Granary.Learning.Tables;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Risk;

/// <summary>
/// Observes a portfolio without a cap and records the features of a risk model at each entry, as training samples.
/// </summary>
internal sealed class EntrySampler : IExposureModel
{
    private readonly IReadOnlyList<Instrument> _instruments;
    private readonly Market?[] _markets;
    private readonly IReadOnlyList<LearningSpec> _specs;
    private readonly EntryFeatures[] _features;
    // Index of each strategy's section; −1 if it has none.
    private readonly int[] _specOf;
    private readonly Dictionary<(int Spec, int Market), List<Sample>> _samples = [];

    private sealed class Market(Timeframe timeframe)
    {
        public Timeframe Timeframe => timeframe;

        public MarketFeatures? Features { get; set; }

        /// <summary>The reason why features are missing; null if there is none.</summary>
        public string? Error { get; set; }

        public List<Bar> Bars { get; } = [];
    }

    private readonly record struct Sample(int Bar, long Known, Side Side, double[] Row);

    /// <param name="specs">Sections of risk models; each strategy uses the first one that covers it.</param>
    /// <param name="weights">Weights by strategy index; strategies with weight 0 are not members.</param>
    /// <param name="instruments">Instruments of the portfolio.</param>
    public EntrySampler(IReadOnlyList<LearningSpec> specs, BatchPlan plan, IReadOnlyList<double> weights,
        IReadOnlyList<Instrument> instruments)
    {
        (_instruments, _specs) = (instruments, specs);
        _features = [.. specs.Select(s => s.EntryFeatures)];
        _specOf = [.. plan.Instances.Select(i => specs.TakeWhile(s => !s.Covers(i)).Count()).Select(s => s < specs.Count ? s : -1)];
        var marked = PortfolioMarks.TimeframesOf(plan, weights);
        _markets = [.. instruments.Select(i => marked.TryGetValue(i.Symbol, out var timeframe) ? new Market(timeframe) : null)];
        foreach (var instance in plan.Instances)
            if (weights[instance.Index] != 0 && _specOf[instance.Index] is >= 0 and var spec)
                foreach (var symbol in instance.Symbols)
                    _samples.TryAdd((spec, IndexOf(symbol)), []);
        for (var m = 0; m < _markets.Length; m++)
        {
            FeatureSet[] sets = [.. _samples.Keys.Where(k => k.Market == m).Select(k => specs[k.Spec].Features)];
            if (sets.Length == 0 || _markets[m] is not { } market) continue;
            try
            {
                market.Features = new MarketFeatures(new MarketSeries(instruments[m], market.Timeframe), sets, plan.Feeds[0].Supply);
            }
            catch (InputException e)
            {
                market.Error = e.Message;
            }
        }
    }

    private int IndexOf(string symbol)
    {
        var at = 0;
        while (_instruments[at].Symbol != symbol) at++;
        return at;
    }

    /// <summary>Whether a strategy is a member whose entries a section covers.</summary>
    public bool Covers(int spec, StrategyInstance instance) =>
        _specOf[instance.Index] == spec && instance.Symbols.Any(s => _samples.ContainsKey((spec, IndexOf(s))));

    /// <summary>Returns the markets, with their timeframes, in which strategies of a section may enter; ordered by symbol.</summary>
    /// <param name="spec">Index of the section.</param>
    public IEnumerable<(string Symbol, Timeframe Timeframe)> MarketsOf(int spec) =>
        _samples.Keys.Where(k => k.Spec == spec).Select(k => (_instruments[k.Market].Symbol, _markets[k.Market]!.Timeframe))
            .OrderBy(x => x.Symbol, StringComparer.Ordinal);

    public void Mark(int market, in Bar bar)
    {
        if (_markets[market] is not { Features: { } features } own) return;
        features.Add(bar);
        own.Bars.Add(bar);
    }

    public ExposureCap CapOf(in EntryRequest entry, in PortfolioState state, long known)
    {
        if (_specOf[entry.Member] is not (>= 0 and var at) || _markets[entry.Market] is not { Features: { Bars: > 0 } features } own)
            return ExposureCap.None;
        var row = new double[_features[at].Names.Count];
        _features[at].Write(features.Row(_features[at].Market), entry.Signal.Side, state, row);
        if (Array.TrueForAll(row, double.IsFinite))
            _samples[(at, entry.Market)].Add(new Sample(own.Bars.Count - 1, known, entry.Signal.Side, row));
        return ExposureCap.None;
    }

    /// <summary>Returns the samples of a market whose labels are known.</summary>
    /// <param name="number">Index of the section.</param>
    /// <returns>The samples, and the number of labels known after the first two fifths of the bars.</returns>
    /// <exception cref="InputException">There are no samples, or a feature cannot be read.</exception>
    public (TrainingTable Table, int Early) TableOf(int number, string symbol)
    {
        var (at, spec) = (IndexOf(symbol), _specs[number]);
        var market = _markets[at]!;
        if (market.Error is { } error) throw new InputException(error);
        double[] high = [.. market.Bars.Select(b => b.High)], low = [.. market.Bars.Select(b => b.Low)],
            close = [.. market.Bars.Select(b => b.Close)];
        // A signal created with its fill may be known after signals that were decided later.
        var known = _samples[(number, at)].Where(s => s.Bar + spec.Label.Bars < market.Bars.Count).OrderBy(s => s.Known).ToList();
        if (known.Count == 0)
            throw new InputException($"no entry in {symbol} has all features and a known label '{spec.Label}': give more bars or "
                + "shorter features");
        long[] end = [.. known.Select(s => Math.Max(s.Known, market.Timeframe.CloseOf(market.Bars[s.Bar + spec.Label.Bars].Time)))];
        var table = new TrainingTable(_features[number].Names, [.. known.SelectMany(s => s.Row)],
            [.. known.Select(s => LabelColumn.WorstLoss(high, low, close, s.Bar, spec.Label.Bars, (int)s.Side))], null,
            new SampleTimes([.. known.Select(s => s.Known)], end), spec.Label.ToString());
        var by = market.Timeframe.CloseOf(market.Bars[Math.Max(0, market.Bars.Count * 2 / 5 - 1)].Time);
        return (table, end.TakeWhile(e => e <= by).Count());
    }
}
