using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Learning.Watching;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Learning;

/// <summary>A period of a strategy's signals that one model decided on, with one watch over its predictions.</summary>
internal sealed record ModelPeriod
{
    /// <summary>Index of the strategy in the run.</summary>
    public required int Index { get; init; }

    /// <summary>Name of the strategy in files.</summary>
    public required string Strategy { get; init; }

    public required string Model { get; init; }

    /// <summary>Timeframe of the strategy's bars.</summary>
    public required Timeframe Timeframe { get; init; }

    /// <summary>Contract multiplier of the instrument.</summary>
    public required double Multiplier { get; init; }

    public required PredictionMeaning Meaning { get; init; }

    /// <summary>The watch over the predictions; null = none.</summary>
    public WatchRule? Watch { get; init; }

    /// <summary>Returns the version that the schedule has in force at a time, UTC ticks; 0 before the first.</summary>
    public required Func<long, int> ScheduledAt { get; init; }

    /// <summary>Returns whether a signal was refused because its version had expired.</summary>
    public required Func<Signal, bool> HasExpired { get; init; }

    /// <summary>Reads the signals in order, including those without a version in force.</summary>
    public required Func<IEnumerable<SignalRow>> Signals { get; init; }

    /// <summary>Creates the record for one model of a strategy.</summary>
    /// <param name="index">Index of the strategy in the run.</param>
    /// <param name="strategy">Name of the strategy in files.</param>
    /// <param name="earlier">Number of versions before the model's first one. The model's versions are numbered after them.</param>
    public static ModelPeriod Of(int index, string strategy, EntryModel model, Timeframe timeframe, double multiplier,
        Func<IEnumerable<SignalRow>> signals, int earlier = 0) => new()
        {
            Index = index,
            Strategy = strategy,
            Model = model.Name,
            Timeframe = timeframe,
            Multiplier = multiplier,
            Meaning = model.Meaning,
            Watch = model.Watch,
            ScheduledAt = known => model.ScheduledAt(known) is > 0 and var number ? number + earlier : 0,
            HasExpired = signal => signal.ModelVersion > earlier
                && (model.HasExpired(signal.ModelVersion - earlier, timeframe.CloseOf(signal.Time))
                    || model.WasTooOld(signal with { ModelVersion = signal.ModelVersion - earlier })),
            Signals = signals,
        };

    /// <summary>Returns one record for each of the batch's strategies that has an <see cref="EntryModel"/>.</summary>
    /// <param name="multiplier">Returns the contract multiplier of a strategy's instrument.</param>
    public static List<ModelPeriod> OfPlan(BatchPlan plan, IRunEvents events, Func<int, double> multiplier) =>
        [.. plan.Instances.Where(i => i.Model is EntryModel).Select(i => Of(i.Index, i.Id, (EntryModel)i.Model!, i.Timeframe,
            multiplier(i.Index), () => events.Signals(i.Index)))];

    /// <summary>Returns how the model changed a signal; null if it did not.</summary>
    public EntryChange? ChangeOf(in Signal signal)
    {
        if (HasExpired(signal)) return EntryChange.Expired;
        if (signal.IsAbstained) return EntryChange.Abstained;
        return signal.SizeFactor switch { 0 => EntryChange.Refused, < 1 => EntryChange.Reduced, _ => null };
    }

    /// <summary>Returns the trade's return on its notional.</summary>
    public double ReturnOf(SignalRow row) => row.Trade!.Value.Return(Multiplier);
}
