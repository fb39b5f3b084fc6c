using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Learning.Watching;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Learning;

/// <summary>A stretch of a strategy's signals that one model judged, with one watch of its predictions.</summary>
public sealed record JudgedRun
{
    /// <summary>Its place among the run's strategies.</summary>
    public required int Index { get; init; }

    /// <summary>As files name it.</summary>
    public required string Strategy { get; init; }

    public required string Model { get; init; }

    /// <summary>Length of its bars, ticks.</summary>
    public required Timeframe Timeframe { get; init; }

    /// <summary>Of its instrument.</summary>
    public required double Multiplier { get; init; }

    public required PredictionMeaning Meaning { get; init; }

    /// <summary>Null = it is not watched.</summary>
    public WatchRule? Watch { get; init; }

    /// <summary>The version to be asked at a time by the schedule, UTC ticks; 0 before the first.</summary>
    public required Func<long, int> ScheduledAt { get; init; }

    /// <summary>Whether a signal was refused since its version had expired.</summary>
    public required Func<Signal, bool> HasExpired { get; init; }

    /// <summary>Reads its signals, in order; also those that no version judged.</summary>
    public required Func<IEnumerable<SignalRow>> Signals { get; init; }

    /// <summary>What a model judged of a strategy.</summary>
    /// <param name="index">Of the strategy in the run.</param>
    /// <param name="strategy">Its name in files.</param>
    /// <param name="earlier">Versions before the model's first: its own are numbered after them.</param>
    public static JudgedRun Of(int index, string strategy, EntryModel model, Timeframe timeframe, double multiplier,
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

    /// <summary>Those of a batch's strategies that have a model of which it is known what it does.</summary>
    /// <param name="multiplier">Of a strategy's instrument.</param>
    public static List<JudgedRun> OfPlan(BatchPlan plan, IRunEvents events, Func<int, double> multiplier) =>
        [.. plan.Instances.Where(i => i.Model is EntryModel).Select(i => Of(i.Index, i.Id, (EntryModel)i.Model!, i.Timeframe,
            multiplier(i.Index), () => events.Signals(i.Index)))];

    /// <summary>What the model did about a signal; null where it left it alone.</summary>
    public ModelVerdict? VerdictOf(in Signal signal) =>
        HasExpired(signal) ? ModelVerdict.Expired
        : signal.IsAbstained ? ModelVerdict.Abstained
        : signal.SizeFactor == 0 ? ModelVerdict.Refused : signal.SizeFactor < 1 ? ModelVerdict.Reduced : null;

    /// <summary>What a trade earned, on notional.</summary>
    public double ReturnOf(SignalRow row) => row.Trade!.Value.Return(Multiplier);
}
