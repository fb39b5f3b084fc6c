using System.Collections.Concurrent;
using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning.Features;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Learning.Retraining;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Learning.Watching;

namespace Granary.Learning.Gating;

/// <summary>A model and the time from which it can be used: when the last label of its training was known.</summary>
/// <param name="From">UTC ticks.</param>
internal sealed record ModelWindow(long From, ITrainedModel Model)
{
    /// <summary>Its version in a registry; 0 = its position among the windows, from 1.</summary>
    public int Number { get; init; }

    /// <summary>The time of expiry, UTC ticks; from then on it admits no entries.</summary>
    public long Until { get; init; } = long.MaxValue;

    /// <summary>
    /// Its age in bars and trades if these are counted; null if they do not matter or are included in <see cref="Until"/>.
    /// </summary>
    public VersionAge? Age { get; init; }
}

/// <summary>
/// Walk-forward models as an entry filter. At any time, the newest model predicts whose training data was known by then, so every
/// prediction is out of sample. Before the first model, the filter abstains.
/// </summary>
internal sealed class EntryModel : IEntryModel
{
    private readonly FeatureSet _features;
    private volatile ModelWindow[] _windows;
    private readonly EntryRule _rule;
    private readonly PredictionMeaning _meaning;
    private readonly int _rows;
    private readonly bool _sided;
    private readonly ConcurrentDictionary<int, long> _aged = new();
    private long _predictions, _failed, _abstained;

    /// <param name="windows">The windows in ascending order of time.</param>
    /// <exception cref="InputException">
    /// A model has other features, uses no features, or predicts a value that the rule does not support.
    /// </exception>
    public EntryModel(string name, FeatureSet features, IReadOnlyList<ModelWindow> windows, EntryRule rule, PredictionMeaning meaning)
    {
        Name = name;
        _features = features;
        _windows = [.. windows.Select((w, i) => w.Number > 0 ? w : w with { Number = i + 1 })];
        _rule = rule;
        _meaning = meaning;
        if (!rule.Takes(meaning))
            throw new InputException($"the rule '{rule.Name}' cannot "
                + $"use {Describe(meaning)}: choose another label or another rule");
        foreach (var window in _windows)
        {
            if (window.Model.Input.Kind != ModelInputKind.Features)
                throw new InputException($"{window.Model.Trainer} reads no features: it is a baseline and cannot "
                    + $"judge entries, so choose another trainer");
            var sided = window.Model.Features.Count == features.Names.Count + 1 && window.Model.Features[^1] == FeatureTable.Side;
            if (!window.Model.Features.Take(features.Names.Count).SequenceEqual(features.Names)
                || (!sided && window.Model.Features.Count != features.Names.Count))
                throw new InputException($"the model '{name}' was made for the "
                    + $"features {string.Join(", ", window.Model.Features)}, not for {string.Join(", ", features.Names)}: train it again");
            if (sided && window.Model.Input.Length > 1)
                throw new InputException($"{window.Model.Trainer} looks back "
                    + $"on {window.Model.Input.Length} rows, but entries are not evenly spaced: choose another trainer, or a label of the "
                    + $"bars instead of the trades");
            _sided |= sided;
            _rows = Math.Max(_rows, window.Model.Input.Length);
        }
        if (_windows.Any(w => w.Model.Input.Length != _rows))
            throw new InputException($"the versions of the model '{name}' look back on different numbers of rows: train them all "
                + $"alike");
        _rows = Math.Max(_rows, 1);
    }

    /// <summary>
    /// Adds a later version of a model in a live session. It takes effect at a time at which no entry has been judged yet. A version that
    /// was added before is ignored.
    /// </summary>
    /// <param name="window">From a time on that no entry has been judged at.</param>
    /// <exception cref="InputException">It was made for other features.</exception>
    public void Add(ModelWindow window)
    {
        if (Array.Exists(_windows, w => w.Number == window.Number)) return;
        Require(window.Model);
        _windows = [.. _windows, window];
    }

    /// <summary>Checks that a later version has the same inputs as the existing ones.</summary>
    /// <exception cref="InputException">The version has other features.</exception>
    public void Require(ITrainedModel model)
    {
        if (_windows is [.., var last] && !(last.Model.Features.SequenceEqual(model.Features) && last.Model.Input == model.Input))
            throw new InputException($"the newer version of the model '{Name}' was made for the features "
                + $"{string.Join(", ", model.Features)}, not for {string.Join(", ", last.Model.Features)}");
    }

    /// <summary>The schedule by which a live session looks for newer promoted versions; null = never.</summary>
    public RetrainingSchedule? Refresh { get; init; }

    public string Name { get; }

    public FeatureSet Features => _features;

    /// <summary>The windows in ascending order of time.</summary>
    public IReadOnlyList<ModelWindow> Windows => _windows;

    public EntryRule Rule => _rule;

    public PredictionMeaning Meaning => _meaning;

    /// <summary>The registered version; null if there is none.</summary>
    public ModelOrigin? Origin { get; set; }

    /// <summary>Observes the predictions of a live session's strategy; null = none. Must be set before <see cref="Attach"/>.</summary>
    public IPredictionObserver? Observer { get; init; }

    /// <summary>Reaction when its predictions get worse; null = its predictions are not watched.</summary>
    /// <exception cref="InputException">The detector or a parameter of it is unknown.</exception>
    public WatchRule? Watch
    {
        get;
        init
        {
            if (value is not null) _ = new PredictionWatch(value);
            field = value;
        }
    }

    /// <summary>The version in force at a time according to the schedule, without roll-backs.</summary>
    /// <param name="known">UTC ticks.</param>
    /// <returns>The version; 0 before the first.</returns>
    public int ScheduledAt(long known) => _windows.LastOrDefault(w => w.From <= known)?.Number ?? 0;

    /// <summary>Whether a version has expired at a time in UTC ticks.</summary>
    /// <param name="number">The version; 0 = none.</param>
    public bool HasExpired(int number, long known) => WindowOf(number) is { } window && window.Until <= known;

    private ModelWindow? WindowOf(int number) => Array.Find(_windows, w => w.Number == number);

    /// <summary>Versions that had expired by bars or trades at an entry, with the time in UTC ticks.</summary>
    public IReadOnlyDictionary<int, long> Aged => _aged;

    /// <summary>
    /// Whether an entry that the rule would admit was refused because its version had expired by bars or trades.
    /// </summary>
    /// <param name="signal">A signal that a version with an age limit judged.</param>
    public bool WasTooOld(in Signal signal) => signal.SizeFactor == 0 && double.IsFinite(signal.Prediction)
        && WindowOf(signal.ModelVersion)?.Age is not null
        && _rule.Advise(signal.Prediction, signal.Side, _meaning).SizeFactor > 0;

    /// <summary>The number of entries whose input was unlike the training data.</summary>
    public long Abstained => Interlocked.Read(ref _abstained);

    /// <summary>The number of entries that it judged.</summary>
    public long Predictions => Interlocked.Read(ref _predictions);

    /// <summary>
    /// The number of entries for which a model failed to return a number. The strategy continued without it; the report shows the number.
    /// </summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Returns the same filter without an observer, with its own counters.</summary>
    public EntryModel Unobserved() => new(Name, _features, _windows, _rule, _meaning)
    {
        Origin = Origin,
        Refresh = Refresh,
        Watch = Watch,
    };

    /// <summary>Returns the same filter with an observer of the predictions of all its versions, and its own counters.</summary>
    public EntryModel Observed(IPredictionObserver observer) => new(Name, _features, _windows, _rule, _meaning)
    {
        Watch = Watch,
        Observer = observer,
    };

    public IEntryFilter Attach(MarketSeries series, FactorPlan plan) => new ModelFilter(this, series, plan);

    private static string Describe(PredictionMeaning meaning) => meaning switch
    {
        PredictionMeaning.ProbabilityOfRise or PredictionMeaning.ProbabilityOfGain => "a probability",
        PredictionMeaning.ExpectedReturn => "an expected return",
        PredictionMeaning.ExpectedDrawdown => "an expected drawdown",
        PredictionMeaning.ExpectedVolatility => "an expected volatility",
    };

    private sealed class ModelFilter(EntryModel model, MarketSeries series, FactorPlan plan) : IEntryFilter
    {
        private readonly FeatureReader _reader = new FeatureReader(model._features, plan, model._rows);
        private readonly double[] _row = new double[model._features.Names.Count * model._rows + (model._sided ? 1 : 0)];
        private readonly Timeframe _timeframe = series.Timeframe;
        private readonly PredictionWatch? _watch = model.Watch is { } rule ? new PredictionWatch(rule) : null;
        private readonly PredictedTrades? _trades = model.Watch is null ? null : new PredictedTrades(model._meaning);
        private readonly AgeCounter? _ages = Array.Find(model._windows, w => w.Age is not null)?.Age is { } age
            ? new AgeCounter(age.Limit, series.Timeframe) : null;
        private BarBlock _block = null!;
        private int _window = -1, _inForce = -1;
        private long _asked;
        private (Side Side, long Known, double Prediction) _last;

        public void Bind(BarBlock block, FactorSheet sheet)
        {
            _block = block;
            _reader.Bind(block, sheet);
            model.Observer?.OnBars(series, block);
            _ages?.Take(block);
        }

        public EntryAdvice Advise(int index, Side side)
        {
            // Bars come in order, so the window only advances. A new version ends a roll-back.
            var known = _timeframe.CloseOf(_block.Time[index]);
            while (_window + 1 < model._windows.Length && model._windows[_window + 1].From <= known) _inForce = ++_window;
            _asked = known;
            _last = default;
            if (_window < 0) return EntryAdvice.NoOpinion;
            _reader.Read(index, _row);
            if (model._sided) _row[^1] = (int)side;
            Interlocked.Increment(ref model._predictions);
            var version = model._windows[_inForce];
            // The observer follows the registered version, not predictions of other versions.
            var observer = model.Origin is { } origin && origin.Version != version.Number ? null : model.Observer;
            var advice = Advise(version.Model, index, side, observer) with { Version = version.Number };
            // Its prediction is still compared with the outcome.
            return HasExpired(version, known) ? advice with { SizeFactor = 0 } : advice;
        }

        private bool HasExpired(ModelWindow version, long known)
        {
            if (known >= version.Until) return true;
            if (version.Age is not { } age || _ages?.HasReached(age, known) != true) return false;
            model._aged.TryAdd(version.Number, known);
            return true;
        }

        private EntryAdvice Advise(ITrainedModel version, int index, Side side, IPredictionObserver? observer)
        {
            var dissimilarity = double.NaN;
            if (version is GuardedModel guarded)
            {
                dissimilarity = guarded.DissimilarityOf(_row);
                if (dissimilarity > guarded.Area.Threshold)
                {
                    Interlocked.Increment(ref model._abstained);
                    return EntryAdvice.Abstain(dissimilarity);
                }
            }
            var prediction = version.Predict(_row);
            observer?.OnPrediction(series, index, side, _row, prediction);
            if (!double.IsFinite(prediction))
            {
                Interlocked.Increment(ref model._failed);
                return EntryAdvice.NoOpinion with { Dissimilarity = dissimilarity };
            }
            _last = (side, _timeframe.CloseOf(_block.Time[index]), prediction);
            var advice = model._rule.Advise(prediction, side, model._meaning);
            return advice with { SizeFactor = advice.SizeFactor * (_watch?.Weight ?? 1), Dissimilarity = dissimilarity };
        }

        public RunEventKinds Kinds => _trades is null && _ages is null ? RunEventKinds.None
            : RunEventKinds.Signal | RunEventKinds.SignalEnded | RunEventKinds.Trade;

        public void On(in RunEvent e)
        {
            switch (e.Kind)
            {
                // Without a prediction there is nothing to watch.
                case RunEventKinds.Signal when !double.IsNaN(e.Signal.Prediction):
                    _trades?.Signalled(e.Number, model.Watch!.RollsBack ? _row : default, _last.Side, _last.Known, _last.Prediction);
                    break;
                case RunEventKinds.SignalEnded:
                    _trades?.Ended(e.Number);
                    break;
                // A trade that the end of the bars closed is not an outcome.
                case RunEventKinds.Trade when e.Trade is { Reason: not (ExitReason.Open or ExitReason.DataEnded) } trade:
                    Closed(trade);
                    break;
            }
        }

        private void Closed(in Trade trade)
        {
            _ages?.Closed(_timeframe.CloseOf(trade.ExitTime));
            if (_trades?.Closed(trade.Number, trade.NetProfit > 0) is not { } wrong) return;
            if (_watch!.Add(wrong) is { Change: WatchChange.Alert } alert && model.Watch!.RollsBack) RollBack(alert);
        }

        // Rolls back to the newest earlier version that has not expired at the last entry and whose error on the trades since the change is
        // closer to the error before the change than to that after it.
        private void RollBack(in WatchStep alert)
        {
            for (var v = _inForce - 1; v >= 0; v--)
                if (!HasExpired(model._windows[v], _asked)
                    && _trades!.ErrorOf(model._windows[v].Model, alert.Trades, model._windows[v].From) <= alert.Middle)
                {
                    _inForce = v;
                    return;
                }
        }
    }
}
