using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Granary.Engine;
using Granary.Engine.Trading;
using Granary.Learning.Features;
using Granary.Learning.Splits;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Experiments;

/// <summary>
/// The data for one model of a search: a market whose strategies share the model, or one strategy. It contains the samples, the outer
/// windows, and the inner windows within the training part of each outer window.
/// </summary>
internal sealed class SearchUnit
{
    private readonly FeatureTable? _features;
    private readonly int[][] _columns = [];

    /// <param name="features">All features of the search for every bar; null if they could not be computed.</param>
    /// <param name="training">Training that was prepared with the same features.</param>
    /// <param name="tradesOf">Returns the closed trades of a strategy that runs without a model.</param>
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
        Hashes = [.. Tables.Select((t, set) => $"{t.Hash()} {HashOf(features, _columns[set])}")];
        Signals = SignalsOf(tradesOf);
        Outer = [.. training.Folds.Select((fold, w) => new SearchFold(fold.Train, fold.Test, SignalsIn(FromOf(training.Folds, w),
            w + 1 < training.Folds.Count ? FromOf(training.Folds, w + 1) : long.MaxValue, long.MaxValue)))];
        From = FromOf(training.Folds, 0);
        Inner = [.. Outer.Select(o => InnerOf(o, spec.Search.Windows))];
    }

    /// <summary>Name of the market or strategy.</summary>
    public string Data { get; }

    public LearningSpec Spec { get; }

    public IReadOnlyList<StrategyInstance> Strategies { get; }

    /// <summary>The reason why the unit cannot be searched; null if it can.</summary>
    public string? Error { get; }

    /// <summary>Samples with the features of all sets.</summary>
    public TrainingTable Table { get; } = null!;

    /// <summary>Samples by feature set.</summary>
    public IReadOnlyList<TrainingTable> Tables { get; } = [];

    /// <summary>
    /// Hashes of the samples and of the features of all bars, by feature set. Signals may be at bars without a sample, so the samples
    /// alone do not determine the predictions.
    /// </summary>
    public IReadOnlyList<string> Hashes { get; } = [];

    public IReadOnlyList<SearchSignal> Signals { get; } = [];

    /// <summary>The windows that measure the chosen models. Their test rows never influence a choice.</summary>
    public IReadOnlyList<SearchFold> Outer { get; } = [];

    /// <summary>Inner windows by outer window. All their labels and outcomes were known when the outer test began.</summary>
    public IReadOnlyList<IReadOnlyList<SearchFold>> Inner { get; } = [];

    /// <summary>Models predict signals from this time on, UTC ticks.</summary>
    public long From { get; }

    /// <summary>Predicts a signal from the features of its bar; NaN if the model needs more earlier bars than there are.</summary>
    /// <param name="set">Index of the model's feature set.</param>
    /// <param name="buffer">Scratch memory with the length of the model's input.</param>
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

    private static string HashOf(FeatureTable features, int[] columns)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(MemoryMarshal.AsBytes(features.Time.AsSpan()));
        var values = new double[columns.Length];
        for (var bar = 0; bar < features.Bars; bar++)
        {
            var row = features.Row(bar);
            for (var f = 0; f < columns.Length; f++) values[f] = row[columns[f]];
            sha.AppendData(MemoryMarshal.AsBytes(values.AsSpan()));
        }
        return Convert.ToHexStringLower(sha.GetHashAndReset());
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

    // The first half of the rows trains the first inner window. The second half is split into equal tests, each trained on all earlier
    // rows.
    private SearchFold[] InnerOf(SearchFold outer, int windows)
    {
        var (rows, outerFrom) = (outer.Train, Table.Time[outer.Test[0]]);
        var first = rows.Length / 2;
        int Start(int part) => first + (int)((long)(rows.Length - first) * part / windows);
        if (Start(1) == first)
            throw new InputException($"{rows.Length} training samples are too few for {windows} inner windows: give longer "
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
