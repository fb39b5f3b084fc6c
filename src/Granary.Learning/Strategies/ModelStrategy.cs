using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Learning.Features;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Factor = Granary.Engine.Strategies.Factor;

namespace Granary.Learning.Strategies;

/// <summary>
/// A strategy that is itself a model. It trains on the bars before, again after a fixed number of bars. At each close the model predicts
/// whether the price will be higher some bars later. The strategy is long above one probability and short below another. It reads only
/// bars that it has seen, so a replay or another host trains the same models to the bit.
/// </summary>
[Strategy("Trains a model on the bars that it has seen, again and again, and is long or short by the probability that it gives to a rise.",
    WorksIn = "Whatever repeats in the features for longer than a training window, be it momentum or reversal.",
    LosesIn = "Markets whose habits change faster than it is trained again; noise, once commission is paid for every change of mind.",
    Source = "walk-forward learning; López de Prado 2018")]
internal sealed class ModelStrategy : Strategy
{
    private readonly ITrainer _trainer;
    private readonly Feature[] _features;
    private readonly Factor[] _factors;
    private readonly int _ahead, _train, _retrain, _rows, _longestLag;
    private readonly double _buyAbove, _sellBelow;
    private readonly long _seed;
    // One row per bar in a ring buffer: raw values (for lags) and features.
    private readonly double[] _raw, _values, _close;
    private readonly long[] _time;
    private readonly double[] _input;
    private long _seen;
    private ITrainedModel? _model;

    /// <param name="trainers">The trainers that the process knows.</param>
    /// <param name="trainer">A trainer of the catalogue whose models use features.</param>
    /// <param name="ahead">The prediction horizon in bars.</param>
    /// <param name="train">The number of bars for training.</param>
    /// <param name="retrain">The number of bars between trainings.</param>
    /// <param name="features">Features, separated by semicolons; empty for the defaults.</param>
    public ModelStrategy(TrainerCatalogue trainers, string trainer = "logistic", [Range(1, 1_000)] int ahead = 5,
        [Range(60, 100_000)] int train = 500, [Range(1, 100_000)] int retrain = 100,
        [Range(0.5, 1)] double buyAbove = 0.55, [Range(0, 0.5)] double sellBelow = 0.45, string features = "", [Range(0, int.MaxValue)]
            int seed = 1)
    {
        _trainer = trainers.Create(trainer);
        if (trainer is "arima" or "ets")
            throw new InputException($"{trainer} reads past labels and no features: choose another trainer");
        var set = features.Length == 0 ? FeatureSet.Default : FeatureSet.Parse(
            features.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), AvailableFactors);
        Features = set;
        _features = set.Features;
        _factors = [.. _features.Select(f => Use(f.Request, f.Line))];
        _longestLag = set.LongestLag;
        _ahead = ahead;
        _train = train;
        _retrain = retrain;
        _buyAbove = buyAbove;
        _sellBelow = sellBelow;
        _seed = seed;
        _rows = train + ahead + _longestLag + 1;
        _raw = new double[_rows * _features.Length];
        _values = new double[_rows * _features.Length];
        _close = new double[_rows];
        _time = new long[_rows];
        _input = new double[_features.Length * LongestInput];
    }

    /// <summary>Features that the model reads.</summary>
    public FeatureSet Features { get; }

    // The maximum number of past rows for a model; models that need more are refused at the first training.
    private int LongestInput => Math.Min(64, _train / 2);

    public override void OnBar(StrategyContext bar)
    {
        var width = _features.Length;
        var at = (int)(_seen % _rows);
        for (var f = 0; f < width; f++)
        {
            var value = bar[_factors[f]];
            _raw[at * width + f] = _features[f].OverClose ? value / bar.Close : value;
            var source = _seen - _features[f].Lag;
            _values[at * width + f] = source < 0 ? double.NaN : _raw[(int)(source % _rows) * width + f];
        }
        _close[at] = bar.Close;
        _time[at] = bar.Time.Ticks;
        _seen++;
        var ready = _seen - _longestLag - _ahead - _train;
        if (ready < 0) return;
        if (ready % _retrain == 0) Train();
        if (_model is not { } model) return;
        var rows = model.Input.Length;
        for (var k = 0; k < rows; k++)
            _values.AsSpan((int)((_seen - rows + k) % _rows) * width, width).CopyTo(_input.AsSpan(k * width));
        var probability = model.Predict(_input.AsSpan(0, rows * width));
        if (probability > _buyAbove) bar.Go(Side.Buy);
        else if (probability < _sellBelow) bar.Go(Side.Sell);
        else if (probability < 0.5) bar.Exit(Side.Buy);
        else bar.Exit(Side.Sell);
    }

    // Trains on the last bars with known labels.
    private void Train()
    {
        var width = _features.Length;
        var values = new double[_train * width];
        var labels = new double[_train];
        var (time, end) = (new long[_train], new long[_train]);
        for (var k = 0; k < _train; k++)
        {
            var bar = _seen - _ahead - _train + k;
            var at = (int)(bar % _rows);
            var later = (int)((bar + _ahead) % _rows);
            _values.AsSpan(at * width, width).CopyTo(values.AsSpan(k * width));
            labels[k] = _close[later] > _close[at] ? 1 : 0;
            (time[k], end[k]) = (_time[at], _time[later]);
        }
        // If the data is not usable, such as a constant price, the last model stays in use.
        if (!Dense.AllFinite(values) || labels.AsSpan().IndexOfAnyExcept(labels[0]) < 0) return;
        var model = _trainer.Train(new TrainingTable(Features.Names, values, labels, null, new(time, end), "rise").All(),
            new TrainingOptions(_seed));
        if (model.Input.Length > LongestInput)
            throw new InputException($"{_trainer.Name} looks back on {model.Input.Length} rows, more than half of "
                + $"the {_train} bars that it trains on: train on more bars");
        _model = model;
    }
}
