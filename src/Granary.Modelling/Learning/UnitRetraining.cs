using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning.Features;
using Granary.Learning.Retraining;
using Granary.Learning.Splits;
using Granary.Learning.Tables;

namespace Granary.Modelling.Learning;

/// <summary>
/// Schedule and training samples of one strategy's model. Both follow from the strategy's own account, which takes every entry at full
/// size, so no model influences them.
/// </summary>
internal sealed class UnitRetraining
{
    private readonly long[] _closings, _bars;

    /// <param name="features">Features of the strategy's feed.</param>
    /// <param name="trades">Closed trades of the strategy's own account.</param>
    /// <exception cref="InputException">There are too few samples for the first training.</exception>
    public UnitRetraining(RetrainingRule rule, RetrainingSamples samples, TrainingTable table, FeatureTable features,
        IReadOnlyList<FilteredTrade> trades)
    {
        (Rule, Table) = (rule, table);
        // Exits at the end of the data are left out, because they are known too late.
        Closed = [.. trades.Where(t => t.Trade.Reason is not (ExitReason.Open or ExitReason.DataEnded))];
        Timeframe = features.Timeframe;
        _closings = [.. Closed.Select(t => Timeframe.CloseOf(t.Trade.ExitTime)).Order()];
        _bars = Array.ConvertAll(features.Time, t => Timeframe.CloseOf(t));
        Times = rule.Times(samples.FirstTime(table), _closings, End);
        Folds = [.. Times.Select((time, i) => samples.At(table, i, time))];
    }

    public RetrainingRule Rule { get; }

    public TrainingTable Table { get; }

    /// <summary>Closed trades in the order of closing.</summary>
    public IReadOnlyList<FilteredTrade> Closed { get; }

    public Timeframe Timeframe { get; }

    /// <summary>Times of the trainings, UTC ticks.</summary>
    public IReadOnlyList<long> Times { get; }

    /// <summary>Training samples of each training, with the newest known samples as its test.</summary>
    public IReadOnlyList<Fold> Folds { get; }

    /// <summary>Close of the last bar, UTC ticks.</summary>
    public long End => _bars[^1];

    /// <summary>Time at which a version expires, UTC ticks.</summary>
    /// <param name="number">Version number, from 1.</param>
    public long ExpiryOf(int number) => Rule.Expiry?.TimeOf(Times[number - 1], _bars, _closings) ?? long.MaxValue;

    /// <summary>Age of a version at the last bar; null if versions do not expire.</summary>
    /// <param name="number">Version number, from 1.</param>
    public VersionAge? AgeOf(int number) => Rule.Expiry is not { } limit ? null : new VersionAge(limit, End,
        _bars.Count(t => t > Times[number - 1]), _closings.Count(t => t > Times[number - 1] && t <= End));
}
