using System.Globalization;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Learning.Watching;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Learning;

/// <summary>
/// Computes the effect of a finished run's models on its entries from the recorded signals and outcomes. It also repeats the decisions of
/// the models' watches, because these follow from the outcomes alone.
/// </summary>
/// <param name="runs">Signals that models decided on; the signals of one strategy are consecutive.</param>
/// <param name="retrained">Decisions of the retrainings before the run.</param>
internal sealed class ChangedEntries(IReadOnlyList<ModelPeriod> runs,
    IReadOnlyList<(StrategyInstance Instance, RetrainedVersions Versions)> retrained)
{
    private const int MostListed = 100;

    /// <summary>Returns the run's section on models; null if no strategy has a model whose decisions can be read.</summary>
    public ModelResults? Results()
    {
        List<ModelEffect> effects = [];
        List<WatchRecord> actions = [];
        var listed = new PriorityQueue<ChangedEntry, double>();
        foreach (var strategy in runs.GroupBy(r => r.Index))
        {
            List<(ModelPeriod Run, List<SignalRow> Rows)> judged = [.. strategy.Select(r => (r, JudgedOf(r).ToList()))];
            effects.Add(EffectOf(judged));
            foreach (var (run, rows) in judged)
            {
                actions.AddRange(ActionsOf(run, rows));
                foreach (var decision in DecisionsOf(run, rows))
                {
                    listed.Enqueue(decision, Math.Abs(decision.Worth));
                    if (listed.Count > MostListed) listed.Dequeue();
                }
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

    /// <summary>Returns the part that does not need the run's events: the decisions of the retrainings; null if there were none.</summary>
    public ModelResults? Trainings() => retrained.Count == 0 ? null : new ModelResults([], [.. retrained.SelectMany(r => r.Versions.Log)
        .OrderBy(a => a.Time).ThenBy(a => a.Strategy, StringComparer.Ordinal)], [])
    {
        Challengers = Challengers(),
    };

    private List<ChallengerFigures> Challengers() => [.. retrained.Where(r => r.Versions.Challenged.Count > 0).Select(r =>
        VersionSuccession.FiguresOf(r.Instance.Id, r.Versions.Challenged, r.Instance.Timeframe))];

    /// <summary>Predictions of challengers, by strategy, in order.</summary>
    public IEnumerable<ChallengedSignal> Challenged => retrained.SelectMany(r => r.Versions.Challenged);

    private IEnumerable<VersionInForce> InForce(StrategyInstance instance, IReadOnlyList<VersionInForce> versions)
    {
        var run = runs.Single(r => r.Index == instance.Index);
        var signals = run.Signals().Select(r => r.Signal).ToLookup(s => s.ModelVersion);
        return versions.Select(v => v with
        {
            Signals = signals[v.Version].Count(),
            Refused = signals[v.Version].Count(s => run.ChangeOf(s) == EntryChange.Expired),
        });
    }

    /// <summary>Returns all entries that a model changed and whose trade was closed, by strategy, in order.</summary>
    /// <param name="isListed">Selects the strategies to return, by index.</param>
    public IEnumerable<ChangedEntry> All(Func<int, bool> isListed) =>
        runs.Where(r => isListed(r.Index)).SelectMany(r => DecisionsOf(r, JudgedOf(r)));

    private static IEnumerable<SignalRow> JudgedOf(ModelPeriod run) => run.Signals().Where(r => r.Signal.ModelVersion > 0);

    private static bool IsClosed(SignalRow row) => row.Trade is { Reason: not ExitReason.Open };

    // <c>judged</c> contains the runs of one strategy.
    private static ModelEffect EffectOf(List<(ModelPeriod Run, List<SignalRow> Rows)> judged)
    {
        List<ChangeWorth> changes = [];
        var all = judged.SelectMany(j => j.Rows.Select(r => (j.Run, Row: r))).ToList();
        foreach (var group in all.GroupBy(r => r.Run.ChangeOf(r.Row.Signal)).Where(g => g.Key is not null).OrderBy(g => g.Key))
        {
            var closed = group.Where(r => IsClosed(r.Row)).ToList();
            changes.Add(new ChangeWorth(group.Key!.Value, group.Count(), closed.Count, closed.Sum(r => r.Run.ReturnOf(r.Row)),
                closed.Sum(r => r.Row.Trade!.Value.NetProfit),
                closed.Sum(r => (r.Row.Signal.SizeFactor - 1) * r.Run.ReturnOf(r.Row))));
        }
        var outcomes = judged.Where(j => j.Run.Watch is not null).SelectMany(j => Outcomes(j.Run, j.Rows)).ToList();
        return new ModelEffect(judged[0].Run.Strategy, judged[0].Run.Model,
            all.Count(r => !double.IsNaN(r.Row.Signal.Prediction) || r.Row.Signal.IsAbstained), outcomes.Count,
            outcomes.Count(o => o.Wrong), changes);
    }

    private static IEnumerable<ChangedEntry> DecisionsOf(ModelPeriod run, IEnumerable<SignalRow> rows)
    {
        foreach (var row in rows)
        {
            if (run.ChangeOf(row.Signal) is not { } change || !IsClosed(row)) continue;
            var (signal, earned) = (row.Signal, run.ReturnOf(row));
            yield return new ChangedEntry(run.Strategy, signal.Number, new DateTime(signal.Time, DateTimeKind.Utc), RunText.Of(signal.Side),
                signal.ModelVersion, change, Known(signal.Prediction), Known(signal.Dissimilarity), signal.SizeFactor, earned,
                (signal.SizeFactor - 1) * earned);
        }
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    // Outcomes in the order of closing. Exits at the end of the data are left out: the watch would have learned of them too late.
    private static List<(long Time, bool Wrong)> Outcomes(ModelPeriod run, List<SignalRow> rows) =>
        [.. rows.Where(r => r.Trade is { Reason: not (ExitReason.Open or ExitReason.DataEnded) } && !double.IsNaN(r.Signal.Prediction))
            .OrderBy(r => r.Closing).Select(r => (r.Trade!.Value.ExitTime,
            TradeOutcome.IsWrong(r.Signal.Prediction, r.Signal.Side, run.Meaning, r.Trade!.Value.NetProfit > 0)))];

    private static List<WatchRecord> ActionsOf(ModelPeriod run, List<SignalRow> rows)
    {
        List<WatchRecord> actions = [];
        if (run.Watch is not { } rule) return actions;
        var watch = new PredictionWatch(rule);
        foreach (var (time, wrong) in Outcomes(run, rows))
            if (watch.Add(wrong) is { } step)
                actions.Add(new WatchRecord(At(time), run.Strategy, step.Change == WatchChange.Alert ? "alert" : "restored", 0,
                    watch.Weight, step.Before, step.After, step.Trades, ReasonOf(step, rule)));
        var earlier = 0;
        foreach (var row in rows)
        {
            var scheduled = run.ScheduledAt(run.Timeframe.CloseOf(row.Signal.Time));
            var version = row.Signal.ModelVersion;
            if (version != scheduled && version != earlier) actions.Add(RollBack(row, scheduled));
            earlier = version == scheduled ? 0 : version;
        }
        return actions;

        WatchRecord RollBack(SignalRow row, int scheduled)
        {
            var alert = actions.Last(a => a.Action == "alert" && a.Time.Ticks <= row.Signal.Time);
            return new WatchRecord(At(row.Signal.Time), run.Strategy, "rolled-back", row.Signal.ModelVersion, alert.Weight, null, null, 0,
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
