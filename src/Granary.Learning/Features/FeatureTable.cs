using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Labels;
using Granary.Learning.Tables;

namespace Granary.Learning.Features;

/// <summary>The features of all bars of a feed. They are computed once, and combined with any number of labels and strategies.</summary>
internal sealed class FeatureTable
{
    private readonly FeatureSet _set;
    private readonly double[] _values;

    private FeatureTable(FeatureSet set, double[] values, long[] time, double[] high, double[] low, double[] close, Timeframe timeframe)
    {
        _set = set;
        _values = values;
        Time = time;
        High = high;
        Low = low;
        Close = close;
        Timeframe = timeframe;
        for (FirstWarm = 0; FirstWarm < close.Length && !Dense.AllFinite(Row(FirstWarm)); FirstWarm++) { }
    }

    /// <summary>The names in order.</summary>
    public IReadOnlyList<string> Names => _set.Names;

    public FeatureSet Set => _set;

    /// <summary>[bars]: open times, UTC ticks. The features of a bar are known at its close.</summary>
    public long[] Time { get; }

    public double[] High { get; }

    public double[] Low { get; }

    public double[] Close { get; }

    /// <summary>The timeframe of the bars.</summary>
    public Timeframe Timeframe { get; }

    public int Bars => Close.Length;

    /// <summary>The first bar at which every feature has a value.</summary>
    public int FirstWarm { get; }

    /// <summary>When the features of a bar are known, UTC ticks.</summary>
    public long KnownAt(int bar) => Timeframe.CloseOf(Time[bar]);

    public ReadOnlySpan<double> Row(int bar) => _values.AsSpan(bar * _set.Names.Count, _set.Names.Count);

    /// <param name="references">For each block, the closes of other symbols that features use; null if there are none.</param>
    /// <param name="supply">The factors of the batch, see <see cref="FactorPlan.Supply"/>.</param>
    /// <exception cref="InputException">A feature uses another symbol, but there are no references.</exception>
    public static FeatureTable Compute(MarketSeries series, IEnumerable<BarBlock> blocks, FeatureSet set,
        Func<BarBlock, IReadOnlyDictionary<string, double[]>>? references = null, Func<FactorRequest, FactorKernel?>? supply = null) =>
        Compute(series, blocks, [set], references, supply)[0];

    /// <summary>The tables of several sets in one pass over the bars: a factor that several of them read is computed once.</summary>
    /// <param name="memory">Cache of columns from earlier passes over these bars; this pass adds its own.</param>
    /// <returns>One for each set, in their order.</returns>
    public static IReadOnlyList<FeatureTable> Compute(MarketSeries series, IEnumerable<BarBlock> blocks, IReadOnlyList<FeatureSet> sets,
        Func<BarBlock, IReadOnlyDictionary<string, double[]>>? references = null, Func<FactorRequest, FactorKernel?>? supply = null,
        FactorMemory? memory = null)
    {
        var plan = new FactorPlan { Supply = supply, Memory = memory };
        FeatureReader[] readers = [.. sets.Select(s => new FeatureReader(s, plan))];
        var computer = new FactorComputer(plan, series);
        if (references is null && computer.ReferenceSymbols.FirstOrDefault() is { } other)
            throw new InputException($"a feature compares {series.Instrument.Symbol} with {other}, whose bars are not read here: "
                + "leave that feature out");
        var sheet = new FactorSheet(plan, BarBlock.MaxCount);
        var values = sets.Select(_ => new List<double>()).ToArray();
        var (time, high, low, close) = (new List<long>(), new List<double>(), new List<double>(), new List<double>());
        var seen = SeenPrices.Of(series.Instrument);
        foreach (var read in blocks)
        {
            var block = seen is null ? read : seen.Of(read);
            computer.Compute(block, sheet, references?.Invoke(read));
            for (var s = 0; s < readers.Length; s++)
            {
                var row = new double[readers[s].Length];
                readers[s].Bind(block, sheet);
                for (var i = 0; i < block.Count; i++)
                {
                    readers[s].Read(i, row);
                    values[s].AddRange(row);
                }
            }
            time.AddRange(block.Time);
            high.AddRange(block.High);
            low.AddRange(block.Low);
            close.AddRange(block.Close);
        }
        var (times, highs, lows, closes) = (time.ToArray(), high.ToArray(), low.ToArray(), close.ToArray());
        return [.. sets.Select((set, s) => new FeatureTable(set, [.. values[s]], times, highs, lows, closes, series.Timeframe))];
    }

    /// <summary>Creates a training table of all bars after warm-up with a known label.</summary>
    public TrainingTable With(LabelColumn label, string name) => With(label, name, Enumerable.Range(0, Bars), out _);

    /// <summary>Creates a training table of some bars only, such as those at which a strategy entered.</summary>
    /// <param name="bars">Bars in ascending order; bars in warm-up or without a label are omitted.</param>
    /// <param name="used">The bars of the table's rows.</param>
    /// <param name="sides">[bars of the feed]: +1 or −1, as an additional feature named <see cref="Side"/>; null omits it.</param>
    /// <exception cref="InputException">No bar is left.</exception>
    public TrainingTable With(LabelColumn label, string name, IEnumerable<int> bars, out int[] used, double[]? sides = null)
    {
        used = [.. bars.Where(i => i >= FirstWarm && label.End[i] >= 0 && Dense.AllFinite(Row(i)))];
        if (used.Length == 0)
            throw new InputException($"of {Bars} bars none has all features and a known label "
                + $"'{name}': the features are warm at bar {FirstWarm + 1}, so give more bars or shorter features");
        var own = _set.Names.Count;
        var width = own + (sides is null ? 0 : 1);
        var values = new double[used.Length * width];
        var labels = new double[used.Length];
        var (time, end) = (new long[used.Length], new long[used.Length]);
        for (var k = 0; k < used.Length; k++)
        {
            var bar = used[k];
            Row(bar).CopyTo(values.AsSpan(k * width));
            if (sides is not null) values[k * width + own] = sides[bar];
            labels[k] = label.Values[bar];
            time[k] = KnownAt(bar);
            end[k] = KnownAt(label.End[bar]);
        }
        return new TrainingTable(sides is null ? _set.Names : [.. _set.Names, Side], values, labels, null, new(time, end), name);
    }

    /// <summary>The feature for the side of an entry: +1 buys, −1 sells.</summary>
    public const string Side = "side";
}
