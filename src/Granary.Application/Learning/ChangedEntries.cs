using System.Globalization;
using Granary.Application.Batches;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Learning.Watching;
using Granary.Reporting.Runs;

namespace Granary.Application.Learning;

/// <summary>
/// What the models of a finished run did to its entries, read off the signals and their outcomes: what the watch of a model decides follows
/// from the outcomes alone, so it is decided here a second time.
/// </summary>
/// <param name="multiplier">Of a strategy's instrument.</param>
/// <param name="retrained">What retrainings decided before the run.</param>
internal sealed class ChangedEntries(BatchPlan plan, IRunEvents events, Func<int, double> multiplier,
    IReadOnlyList<(StrategyInstance Instance, RetrainedVersions Versions)> retrained)
{
    private const int MostListed = 100;

    /// <summary>The section of the run; null where no strategy has a model whose decisions can be read.</summary>
    public ModelResults? Results()
    {
        List<ModelEffect> effects = [];
        List<WatchRecord> actions = [];
        var listed = new PriorityQueue<ChangedEntry, double>();
        foreach (var (instance, model) in Judged())
        {
            List<SignalRow> rows = [.. events.Signals(instance.Index).Where(r => r.Signal.ModelVersion > 0)];
            effects.Add(EffectOf(instance, model, rows));
            actions.AddRange(ActionsOf(instance, model, rows));
            foreach (var decision in DecisionsOf(instance, model, rows))
            {
                listed.Enqueue(decision, Math.Abs(decision.Worth));
                if (listed.Count > MostListed) listed.Dequeue();
            }
        }
        actions.AddRange(retrained.SelectMany(r => r.Versions.Log));
        return effects.Count == 0 ? null : new ModelResults(effects,
            [.. actions.OrderBy(a => a.Time).ThenBy(a => a.Strategy, StringComparer.Ordinal)],
            [.. listed.UnorderedItems.Select(i => i.Element).OrderByDescending(d => Math.Abs(d.Worth)).ThenBy(d => d.Time)
                .ThenBy(d => d.Strategy, StringComparer.Ordinal).ThenBy(d => d.Number)])
        {
            Versions = [.. retrained.SelectMany(r => InForce(r.Instance, r.Versions.InForce))],
            Challengers = Challengers(),
        };
    }

    /// <summary>What is known without the events of the run: what the retrainings decided; null where there are none.</summary>
    public ModelResults? Trainings() => retrained.Count == 0 ? null : new ModelResults([], [.. retrained.SelectMany(r => r.Versions.Log)
        .OrderBy(a => a.Time).ThenBy(a => a.Strategy, StringComparer.Ordinal)], [])
    {
        Challengers = Challengers(),
    };

    private List<ChallengerFigures> Challengers() => [.. retrained.Where(r => r.Versions.Challenged.Count > 0).Select(r =>
        VersionSuccession.FiguresOf(r.Instance.Id, r.Versions.Challenged, r.Instance.Timeframe.Ticks))];

    /// <summary>What challengers predicted, by strategy, in order.</summary>
    public IEnumerable<ChallengedSignal> Challenged => retrained.SelectMany(r => r.Versions.Challenged);

    private IEnumerable<VersionInForce> InForce(StrategyInstance instance, IReadOnlyList<VersionInForce> versions)
    {
        var model = (EntryModel)instance.Model!;
        var signals = events.Signals(instance.Index).Select(r => r.Signal).ToLookup(s => s.ModelVersion);
        return versions.Select(v => v with
        {
            Signals = signals[v.Version].Count(),
            Refused = signals[v.Version].Count(s => VerdictOf(instance, model, s) == ModelVerdict.Expired),
        });
    }

    /// <summary>All entries that a model changed and whose trade was closed, by strategy, in order.</summary>
    /// <param name="isListed">Whether a strategy's are wanted.</param>
    public IEnumerable<ChangedEntry> All(Func<int, bool> isListed) =>
        Judged().Where(j => isListed(j.Instance.Index)).SelectMany(j => DecisionsOf(j.Instance, j.Model,
            events.Signals(j.Instance.Index).Where(r => r.Signal.ModelVersion > 0)));

    private IEnumerable<(StrategyInstance Instance, EntryModel Model)> Judged() =>
        plan.Instances.Where(i => i.Model is EntryModel).Select(i => (i, (EntryModel)i.Model!));

    private static bool IsClosed(SignalRow row) => row.Trade is { Reason: not ExitReason.Open };

    private static ModelVerdict? VerdictOf(StrategyInstance instance, EntryModel model, in Signal signal) =>
        model.HasExpired(signal.ModelVersion, signal.Time + instance.Timeframe.Ticks) ? ModelVerdict.Expired
        : signal.IsAbstained ? ModelVerdict.Abstained
        : signal.SizeFactor == 0 ? ModelVerdict.Refused : signal.SizeFactor < 1 ? ModelVerdict.Reduced : null;

    private ModelEffect EffectOf(StrategyInstance instance, EntryModel model, List<SignalRow> rows)
    {
        double Return(SignalRow row) => row.Trade!.Value.Return(multiplier(instance.Index));
        List<VerdictWorth> verdicts = [];
        foreach (var group in rows.GroupBy(r => VerdictOf(instance, model, r.Signal)).Where(g => g.Key is not null).OrderBy(g => g.Key))
        {
            var closed = group.Where(IsClosed).ToList();
            verdicts.Add(new VerdictWorth(group.Key!.Value, group.Count(), closed.Count, closed.Sum(Return),
                closed.Sum(r => r.Trade!.Value.NetProfit), closed.Sum(r => (r.Signal.SizeFactor - 1) * Return(r))));
        }
        var outcomes = model.Watch is null ? [] : Outcomes(model, rows);
        return new ModelEffect(instance.Id, model.Name, rows.Count(r => !double.IsNaN(r.Signal.Prediction) || r.Signal.IsAbstained),
            outcomes.Count, outcomes.Count(o => o.Wrong), verdicts);
    }

    private IEnumerable<ChangedEntry> DecisionsOf(StrategyInstance instance, EntryModel model, IEnumerable<SignalRow> rows)
    {
        foreach (var row in rows)
        {
            if (VerdictOf(instance, model, row.Signal) is not { } verdict || !IsClosed(row)) continue;
            var (signal, earned) = (row.Signal, row.Trade!.Value.Return(multiplier(instance.Index)));
            yield return new ChangedEntry(instance.Id, signal.Number, new DateTime(signal.Time, DateTimeKind.Utc), RunText.Of(signal.Side),
                signal.ModelVersion, verdict, Known(signal.Prediction), Known(signal.Dissimilarity), signal.SizeFactor, earned,
                (signal.SizeFactor - 1) * earned);
        }
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    // In the order of closing. That a symbol's bars have ended is known too late for the watch.
    private static List<(long Time, bool Wrong)> Outcomes(EntryModel model, List<SignalRow> rows) =>
        [.. rows.Where(r => r.Trade is { Reason: not (ExitReason.Open or ExitReason.DataEnded) } && !double.IsNaN(r.Signal.Prediction))
            .OrderBy(r => r.Closing).Select(r => (r.Trade!.Value.ExitTime,
            TradeOutcome.IsWrong(r.Signal.Prediction, r.Signal.Side, model.Meaning, r.Trade!.Value.NetProfit > 0)))];

    private static List<WatchRecord> ActionsOf(StrategyInstance instance, EntryModel model, List<SignalRow> rows)
    {
        List<WatchRecord> actions = [];
        if (model.Watch is not { } rule) return actions;
        var watch = new PredictionWatch(rule);
        foreach (var (time, wrong) in Outcomes(model, rows))
            if (watch.Add(wrong) is { } step)
                actions.Add(new WatchRecord(At(time), instance.Id, step.Change == WatchChange.Alert ? "alert" : "restored", 0, watch.Weight,
                    step.Before, step.After, step.Trades, ReasonOf(step, rule)));
        var earlier = 0;
        foreach (var row in rows)
        {
            var scheduled = model.ScheduledAt(row.Signal.Time + instance.Timeframe.Ticks);
            var version = row.Signal.ModelVersion;
            if (version != scheduled && version != earlier) actions.Add(RollBack(row, scheduled));
            earlier = version == scheduled ? 0 : version;
        }
        return actions;

        WatchRecord RollBack(SignalRow row, int scheduled)
        {
            var alert = actions.Last(a => a.Action == "alert" && a.Time.Ticks <= row.Signal.Time);
            return new WatchRecord(At(row.Signal.Time), instance.Id, "rolled-back", row.Signal.ModelVersion, alert.Weight, null, null, 0,
                $"Version {row.Signal.ModelVersion} replaces version {scheduled}: of the newest {alert.Trades} trades it would have "
                    + $"predicted at most {Percent((alert.Before + alert.After) / 2)} wrong.");
        }
    }

    private static string ReasonOf(in WatchStep step, WatchRule rule) => step.Change == WatchChange.Alert
        ? $"{rule.Detector}: {Percent(step.After)} of the newest {step.Trades} predictions were wrong, {Percent(step.Before)} before."
        : $"{Percent(step.After)} of {step.Trades} predictions were wrong, {Percent(step.Before)} before the alert.";

    private static string Percent(double? share) => string.Create(CultureInfo.InvariantCulture, $"{100 * (share ?? double.NaN):0.0} %");

    private static DateTime At(long ticks) => new(ticks, DateTimeKind.Utc);
}
