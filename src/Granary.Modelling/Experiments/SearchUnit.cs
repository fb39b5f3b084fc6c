using Granary.Engine.Trading;
using Granary.Learning;
using Granary.Learning.Features;
using Granary.Learning.Splits;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Experiments;

/// <summary>
/// What a search finds a model for: a market with the strategies that share the model, or one strategy. Its samples, its outer windows,
/// and the inner windows within the training part of each.
/// </summary>
public sealed class SearchUnit
{
    private readonly FeatureTable? _features;
    private readonly int[][] _columns = [];

    /// <param name="features">All features of the search, of every bar; null where they could not be made.</param>
    /// <param name="training">Prepared with the same features.</param>
    /// <param name="tradesOf">Closed trades of a strategy without a model.</param>
    public SearchUnit(LearningSpec spec, IReadOnlyList<StrategyInstance> strategies, FeatureTable? features, UnitTraining training,
        Func<int, IReadOnlyList<FilteredTrade>> tradesOf)
    {
        (Spec, Strategies, Data, Error) = (spec, strategies, training.Data, training.Error);
        if (Error is not null || features is null) return;
        _features = features;
        Table = training.Table;
        var sets = spec.Search!.FeatureSets;
        var isSided = Table.Features[^1] == FeatureTable.Side;
        _columns = [.. sets.Select(set => set.Names.Select(n => features.Names.ToList().IndexOf(n)).ToArray())];
        Tables = [.. sets.Select(set => Table.Select(isSided ? [.. set.Names, FeatureTable.Side] : set.Names))];
        Hashes = [.. Tables.Select(t => t.Hash())];
        Signals = SignalsOf(tradesOf);
        Outer = [.. training.Folds.Select((fold, w) => new SearchFold(fold.Train, fold.Test, SignalsIn(FromOf(training.Folds, w),
            w + 1 < training.Folds.Count ? FromOf(training.Folds, w + 1) : long.MaxValue, long.MaxValue)))];
        From = FromOf(training.Folds, 0);
        Inner = [.. Outer.Select(o => InnerOf(o, spec.Search.Windows))];
    }

    /// <summary>The market, or the strategy.</summary>
    public string Data { get; }

    public LearningSpec Spec { get; }

    public IReadOnlyList<StrategyInstance> Strategies { get; }

    /// <summary>Why there is nothing to search; null where there is.</summary>
    public string? Error { get; }

    /// <summary>With the features of all sets.</summary>
    public TrainingTable Table { get; } = null!;

    /// <summary>By set of features.</summary>
    public IReadOnlyList<TrainingTable> Tables { get; } = [];

    /// <summary>By set of features.</summary>
    public IReadOnlyList<string> Hashes { get; } = [];

    public IReadOnlyList<SearchSignal> Signals { get; } = [];

    /// <summary>The windows that models are judged on; none of them has a say in a choice.</summary>
    public IReadOnlyList<SearchFold> Outer { get; } = [];

    /// <summary>By outer window. Every label and outcome in them was known when the outer test began.</summary>
    public IReadOnlyList<IReadOnlyList<SearchFold>> Inner { get; } = [];

    /// <summary>From when signals are judged, UTC ticks.</summary>
    public long From { get; }

    /// <summary>What a model predicts of a signal.</summary>
    /// <param name="set">The set of features of the model.</param>
    /// <param name="buffer">Of the length of the model's input.</param>
    public double Predict(ITrainedModel model, int set, in SearchSignal signal, Span<double> buffer)
    {
        var (columns, rows) = (_columns[set], model.Input.Length);
        var width = model.Features.Count;
        for (var r = 0; r < rows; r++)
        {
            var bar = signal.Bar - (rows - 1 - r);
            if (bar < 0) return double.NaN;
            var values = _features!.Row(bar);
            for (var f = 0; f < columns.Length; f++) buffer[r * width + f] = values[columns[f]];
            if (width > columns.Length) buffer[r * width + columns.Length] = (int)signal.Trade.Trade.Side;
        }
        return model.Predict(buffer[..(rows * width)]);
    }

    private long FromOf(IReadOnlyList<Fold> folds, int window) => Table.Time[folds[window].Test[0]];

    private List<SearchSignal> SignalsOf(Func<int, IReadOnlyList<FilteredTrade>> tradesOf)
    {
        var signals = new List<SearchSignal>();
        foreach (var strategy in Strategies)
            foreach (var trade in tradesOf(strategy.Index))
                if (Array.BinarySearch(_features!.Time, trade.Trade.SignalTime) is >= 0 and var bar)
                    signals.Add(new SearchSignal(strategy.Index, trade, bar, _features.KnownAt(bar),
                        _features.Timeframe.CloseOf(trade.Trade.ExitTime)));
        return signals;
    }

    private int[] SignalsIn(long from, long to, long endedBy) =>
        [.. Enumerable.Range(0, Signals.Count).Where(s => Signals[s].Known >= from && Signals[s].Known < to
            && Signals[s].Ended <= endedBy)];

    // The first half of the rows trains the first inner window; the second half is tested in equal parts, each by all rows before it.
    private SearchFold[] InnerOf(SearchFold outer, int windows)
    {
        var (rows, outerFrom) = (outer.Train, Table.Time[outer.Test[0]]);
        var first = rows.Length / 2;
        int Start(int part) => first + (int)((long)(rows.Length - first) * part / windows);
        if (Start(1) == first)
            throw new LearningInputException($"{rows.Length} training samples are too few for {windows} inner windows: give longer "
                + "training windows, or fewer inner ones");
        var folds = new SearchFold[windows];
        for (var part = 0; part < windows; part++)
        {
            var (start, end) = (Start(part), Start(part + 1));
            var from = Table.Time[rows[start]];
            int[] train = [.. rows.Take(start).Where(row => Table.LabelEnd[row] <= from)];
            folds[part] = new SearchFold(train, rows[start..end],
                SignalsIn(from, end < rows.Length ? Table.Time[rows[end]] : outerFrom, outerFrom));
        }
        return folds;
    }
}
