using System.Globalization;
using Granary.Engine.Market;
using Granary.Learning.Gating;
using Granary.Learning.Retraining;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;

namespace Granary.Modelling.Learning;

/// <summary>
/// Decides after each training which version of a strategy's model is in force. A new version replaces the old one if its error is smaller
/// on outcomes that neither has learned from.
/// </summary>
internal sealed class VersionSuccession(string strategy, UnitRetraining plan)
{
    private readonly List<ModelWindow> _windows = [];
    private readonly List<VersionInForce> _inForce = [];
    private readonly List<WatchRecord> _log = [];
    private readonly List<(long From, long To, TrainedVersion Version)> _challengers = [];
    private TrainedVersion? _incumbent, _challenger;
    private long _challengerFrom;

    // Each version may be compared twice, also as a challenger, so each comparison uses half of the level.
    private double Level => plan.Rule.HasChallenger ? plan.Rule.Level / 2 : plan.Rule.Level;

    /// <param name="versions">One version for each training, in order.</param>
    public RetrainedVersions Decide(IReadOnlyList<TrainedVersion> versions)
    {
        for (var k = 0; k < versions.Count; k++)
        {
            var (time, version) = (plan.Times[k], versions[k]);
            var effect = time + plan.Rule.Lateness;
            if (_challenger is { } earlier) Compare(earlier, KnownSince(plan.Folds[earlier.Number - 1].Test[0], time), time, effect);
            if (version.Failure is { } failure)
                Log(time, "failed", 0, version, new Compared($"Version {version.Number} could not be trained: {failure}."));
            else if (_incumbent is null) Promote(version, time, effect, new Compared($"The first version: it has learned from "
                + $"{Count(version.Window!.TrainSamples)} samples."));
            else if (!Compare(version, plan.Folds[k].Test, time, effect) && plan.Rule.HasChallenger) Challenge(version, effect);
        }
        EndChallenge(long.MaxValue);
        Expire();
        return new RetrainedVersions(_windows, [.. _log.OrderBy(r => r.Time)], _inForce, [.. Challenged()])
        {
            TrainedAt = _incumbent is { } last ? plan.Times[last.Number - 1] : 0,
            Age = _incumbent is { } aged ? plan.AgeOf(aged.Number) : null,
        };
    }

    // Rows from the given one on whose labels are known by the time.
    private IEnumerable<int> KnownSince(int row, long time) =>
        Enumerable.Range(row, plan.Table.Count - row).Where(r => plan.Table.LabelEnd[r] <= time);

    private bool Compare(TrainedVersion version, IEnumerable<int> rows, long time, long effect)
    {
        var (incumbent, window) = (_incumbent!, _windows[^1]);
        var contest = VersionContest.Of(plan.Table, rows, incumbent.Model!, version.Model!);
        var hasExpired = window.Until <= effect;
        var (level, test) = (hasExpired ? null : (double?)Level, contest.Difference);
        var errs = $"{(version == _challenger ? "the challenger, " : "")}version {version.Number}";
        var with = string.Create(CultureInfo.InvariantCulture, $"{contest.Challenger:0.####} beside {contest.Incumbent:0.####} of version "
            + $"{incumbent.Number} on {test.Count} outcomes that neither has learned from (p = {test.PValue:0.###})");
        var compared = new Compared("", contest, incumbent.Number);
        if (contest.IsWon(level))
        {
            Promote(version, time, effect, compared with
            {
                Reason = $"The mean squared error of {errs} is {with}"
                    + (hasExpired ? $"; version {incumbent.Number} has expired, so that a smaller error is enough." : "."),
            });
            return true;
        }
        Log(time, "rejected", 0, version, compared with
        {
            Reason = test.Count < VersionContest.Least && !hasExpired
                ? $"Version {incumbent.Number} stays: {test.Count} outcomes are too few to compare it with {errs}."
                : $"Version {incumbent.Number} stays: the mean squared error of {errs} is {with}, which does not show that it errs less.",
        });
        return false;
    }

    private void Promote(TrainedVersion version, long time, long effect, Compared compared)
    {
        Log(time, "promoted", version.Number, version, compared);
        if (_inForce.Count > 0)
        {
            // Two decisions at the same time: the first version was never in force.
            if (_inForce[^1].From == At(effect)) _inForce.RemoveAt(_inForce.Count - 1);
            else _inForce[^1] = _inForce[^1] with { To = At(effect) };
        }
        _incumbent = version;
        _windows.Add(new ModelWindow(effect, version.Model!) { Number = version.Number, Until = plan.ExpiryOf(version.Number) });
        var trained = version.Window!;
        _inForce.Add(new VersionInForce(strategy, version.Number, At(effect), null, null, trained.TrainFrom, trained.TrainTo,
            trained.TrainSamples, 0, 0));
        EndChallenge(effect);
    }

    private void Challenge(TrainedVersion version, long effect)
    {
        EndChallenge(effect);
        (_challenger, _challengerFrom) = (version, effect);
    }

    private void EndChallenge(long effect)
    {
        if (_challenger is not null) _challengers.Add((_challengerFrom, effect, _challenger));
        _challenger = null;
    }

    private void Expire()
    {
        for (var i = 0; i < _inForce.Count; i++)
        {
            var window = _windows.Last(w => w.Number == _inForce[i].Version);
            var time = Math.Max(window.Until, window.From);
            if (time >= (_inForce[i].To?.Ticks ?? plan.End)) continue;
            _inForce[i] = _inForce[i] with { Expired = At(time) };
            _log.Add(new WatchRecord(At(time), strategy, "expired", window.Number, 0, null, null, 0,
                $"Version {window.Number} has reached its greatest age: it admits no entries."));
        }
    }

    private void Log(long time, string action, int inForce, TrainedVersion version, Compared compared)
    {
        var contest = compared.Contest;
        _log.Add(new WatchRecord(At(time), strategy, action, inForce, null, JsonNumber.Finite(contest?.Incumbent ?? double.NaN),
            JsonNumber.Finite(contest?.Challenger ?? double.NaN), contest?.Difference.Count ?? 0, compared.Reason)
        {
            Training = new TrainingFacts(version.Number, At(time + plan.Rule.Lateness), version.Window?.TrainFrom, version.Window?.TrainTo,
                version.Window?.TrainSamples ?? 0, compared.Incumbent, JsonNumber.Finite(contest?.Difference.PValue ?? double.NaN)),
        });
    }

    // Only signals with a trade have an outcome. If two trades start from one bar, the first one counts.
    private IEnumerable<ChallengedSignal> Challenged()
    {
        var (table, seen) = (plan.Table, new HashSet<int>());
        foreach (var (trade, _, _, _) in plan.Closed.OrderBy(t => t.Trade.Number))
        {
            var known = plan.Timeframe.CloseOf(trade.SignalTime);
            var (row, at) = (table.Time.BinarySearch(known), _challengers.FindIndex(c => c.From <= known && known < c.To));
            if (row < 0 || at < 0 || !seen.Add(row)) continue;
            var (version, challenger) = (_windows.Last(w => w.From <= known), _challengers[at].Version);
            if (!table.CanRead(row, version.Model.Input)) continue;
            var pair = PairedPrediction.Of(table, row, version.Model, challenger.Model!);
            if (double.IsFinite(pair.Incumbent) && double.IsFinite(pair.Challenger))
                yield return new ChallengedSignal(strategy, trade.Number, At(trade.SignalTime), version.Number, pair.Incumbent,
                    challenger.Number, pair.Challenger, pair.Outcome, At(pair.Known));
        }
    }

    /// <summary>Compares a strategy's challengers with its versions in force.</summary>
    public static ChallengerFigures FiguresOf(string strategy, IReadOnlyList<ChallengedSignal> signals, Timeframe timeframe)
    {
        var contest = VersionContest.Of(signals.OrderBy(s => s.Time).ThenBy(s => s.Number).Select(s => new PairedPrediction(
            timeframe.CloseOf(s.Time.Ticks), s.Known.Ticks, s.Prediction, s.ChallengerPrediction, s.Outcome)));
        var test = contest.Difference;
        return new ChallengerFigures(strategy, signals.Count, test.Count, JsonNumber.Finite(contest.Incumbent),
            JsonNumber.Finite(contest.Challenger), JsonNumber.Finite(test.Low), JsonNumber.Finite(test.High),
            JsonNumber.Finite(test.PValue));
    }

    private static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static DateTime At(long ticks) => new(ticks, DateTimeKind.Utc);

    private sealed record Compared(string Reason, VersionContest? Contest = null, int Incumbent = 0);
}
