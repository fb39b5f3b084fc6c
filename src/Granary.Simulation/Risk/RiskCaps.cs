using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Risk;

/// <summary>Caps the exposure of a portfolio by its risk models, in a batch and in a live session.</summary>
internal sealed class RiskCaps : IExposureModel
{
    private readonly MarketFeatures?[] _markets;
    private readonly IReadOnlyList<Instrument> _instruments;
    private readonly Dictionary<(int Member, int Market), RiskUse> _uses = [];
    private readonly List<RiskAnswer> _answers = [];
    private readonly double[] _row;

    /// <param name="weights">Weights by strategy index; strategies with weight 0 are not members.</param>
    /// <param name="instruments">Instruments of the portfolio.</param>
    /// <exception cref="InputException">A model needs bars of a different timeframe than the portfolio receives.</exception>
    public RiskCaps(BatchPlan plan, IReadOnlyList<double> weights, IReadOnlyList<Instrument> instruments)
    {
        _instruments = instruments;
        _markets = new MarketFeatures?[instruments.Count];
        var marked = PortfolioMarks.TimeframesOf(plan, weights);
        var risk = plan.Spec.Portfolio.Risk;
        _row = new double[risk.Max(u => u.Model.Features.Names.Count)];
        for (var m = 0; m < instruments.Count; m++)
        {
            List<RiskUse> uses = [.. risk.Where(u => u.Symbol == instruments[m].Symbol)];
            if (uses.Count == 0 || !marked.TryGetValue(instruments[m].Symbol, out var timeframe)) continue;
            if (uses.Find(u => u.Timeframe != timeframe) is { } other)
                throw new InputException($"the risk model {other.Model.Name} reads {other.Timeframe} bars of {other.Symbol}, and the "
                    + $"shortest bars that a weighted strategy trades there are {timeframe}; train it with these strategies alone");
            _markets[m] = new MarketFeatures(new MarketSeries(instruments[m], timeframe), uses.Select(u => u.Model.Features.Market),
                plan.Feeds[0].Supply);
            foreach (var instance in plan.Instances)
                if (instance.Symbols.Contains(instruments[m].Symbol, StringComparer.Ordinal)
                    && uses.Find(u => u.Strategies.Contains(instance.Id, StringComparer.Ordinal)) is { } use)
                    _uses.Add((instance.Index, m), use);
        }
    }

    /// <summary>Predictions of the models, in the order of the entries.</summary>
    public IReadOnlyList<RiskAnswer> Answers => _answers;

    public void Mark(int market, in Bar bar) => _markets[market]?.Add(bar);

    public ExposureCap CapOf(in EntryRequest entry, in PortfolioState state, long known)
    {
        if (!_uses.TryGetValue((entry.Member, entry.Market), out var use)) return ExposureCap.None;
        var features = use.Model.Features;
        var row = _row.AsSpan(0, features.Names.Count);
        features.Write(_markets[entry.Market]!.Row(features.Market), entry.Signal.Side, state, row);
        var prediction = _markets[entry.Market]!.Bars > 0 ? use.Model.Predict(row, known) : double.NaN;
        var cap = use.Model.Rule.CapOf(prediction);
        _answers.Add(new RiskAnswer(entry.Member, entry.Signal.Number, _instruments[entry.Market].Symbol, entry.Signal.Side, known,
            prediction, cap, state));
        return cap;
    }
}
