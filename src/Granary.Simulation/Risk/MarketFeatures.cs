using Granary.Engine;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Learning.Features;

namespace Granary.Simulation.Risk;

/// <summary>Computes the features of a market bar by bar, for all feature sets that use it.</summary>
internal sealed class MarketFeatures
{
    private readonly FeedPipeline _pipeline;
    private readonly FeatureReader[] _readers;
    private readonly double[][] _rows;
    private readonly Dictionary<FeatureSet, int> _sets = new(ReferenceEqualityComparer.Instance);

    /// <param name="supply">Creates the kernels of factors that the batch declares.</param>
    /// <exception cref="InputException">A feature reads another symbol.</exception>
    public MarketFeatures(MarketSeries series, IEnumerable<FeatureSet> sets, Func<FactorRequest, FactorKernel?>? supply)
    {
        var plan = new FactorPlan { Supply = supply };
        foreach (var set in sets) _sets.TryAdd(set, _sets.Count);
        _readers = [.. _sets.OrderBy(s => s.Value).Select(s => new FeatureReader(s.Key, plan))];
        _rows = [.. _readers.Select(r => new double[r.Length])];
        _pipeline = new FeedPipeline(series, plan);
        if (_pipeline.ReferenceSymbols.FirstOrDefault(s => s != series.Instrument.Symbol) is { } other)
            throw new InputException($"a feature compares {series.Instrument.Symbol} with {other}, and a model of the label "
                + "drawdown reads the bars of the entry's market alone: leave that feature out");
    }

    /// <summary>Number of bars so far.</summary>
    public int Bars { get; private set; }

    public void Add(in Bar bar)
    {
        var prepared = _pipeline.Prepare(BarBlock.FromBars(Bars++, [bar]));
        for (var r = 0; r < _readers.Length; r++)
        {
            _readers[r].Bind(prepared.Seen, prepared.Sheet);
            _readers[r].Read(0, _rows[r]);
        }
        _pipeline.Return(prepared);
    }

    /// <summary>Features at the last bar; NaN if a factor is not warm yet.</summary>
    public ReadOnlySpan<double> Row(FeatureSet set) => _rows[_sets[set]];
}
