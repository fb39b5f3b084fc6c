using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>
/// What the retrainings of one strategy's logistic model decided: it follows from labels, trades and the weights of its versions, by the
/// rules of docs/learning.md. Labels are of the bars.
/// </summary>
/// <param name="section">Of the batch file.</param>
/// <param name="bars">Of the strategy's market, of one hour.</param>
internal sealed class RetrainingCheck(ResultsCheck check, RunFigures run, JsonNode section, IReadOnlyList<MarketBar> bars)
{
    private static readonly TimeSpan s_bar = TimeSpan.FromHours(1);

    private readonly JsonNode _rule = section["retrain"]!;
    private readonly List<Row> _log = [];
    private readonly List<Promoted> _versions = [];
    private readonly List<(DateTime From, DateTime To, int Version)> _challengers = [];
    private List<ModelSample> _all = [];
    private Dictionary<int, List<ModelSample>> _windows = [];
    private Dictionary<int, double[]> _weights = [];
    private Dictionary<DateTime, double[]> _features = [];
    private List<DateTime> _closings = [], _times = [];

    private sealed record Row(DateTime Time, string Action, int InForce, int Trained, int Incumbent, Contest? Contest, string Reason);

    private sealed record Promoted(int Version, DateTime From, DateTime Expiry);

    private sealed record Contest(int Count, double Before, double After, double Mean, double Margin, double PValue);

    private string Strategy { get; } = run.Files.Strategies.Single().GetProperty("id").GetString()!;

    private TimeSpan Lateness => TimeSpan.FromHours(int.Parse(_rule["lateness"]!.GetValue<string>().TrimEnd('h')));

    private int Test => (int)section["walkForward"]!["test"]!;

    /// <summary>Whether a version admits no entries at a time.</summary>
    public bool HasExpired(int version, DateTime known) => _versions.Single(v => v.Version == version).Expiry <= known;

    /// <summary>Rows of model_log.csv by action.</summary>
    public int CountOf(string action) => _log.Count(r => r.Action == action);

    /// <summary>Finds the decisions; before the other checks.</summary>
    public void Decide()
    {
        var samples = ModelSamples.Read(run.Files.Folder).Single().Samples;
        _all = [.. samples.Where(s => s.Window == 0).OrderBy(s => s.Time)];
        _windows = samples.Where(s => s.Window > 0).GroupBy(s => s.Window).ToDictionary(g => g.Key, g => g.ToList());
        _features = LinearImportance.Features(bars, s_bar, [.. section["features"]!.AsArray().Select(f => f!.GetValue<string>())]);
        _weights = _windows.ToDictionary(w => w.Key, w => LinearImportance.Weights(w.Value, _features));
        _closings = [.. run.Files.TradesOf(Strategy).Where(t => !t.IsOpen).Select(t => t.ExitTime + s_bar).Order()];
        Schedule();
        var (challenger, since) = (0, DateTime.MinValue);
        for (var k = 1; k <= _times.Count; k++)
        {
            var (time, ready) = (_times[k - 1], _times[k - 1] + Lateness);
            if (challenger > 0)
            {
                var begins = _windows[challenger].Where(s => s.IsTest).Min(s => s.Time);
                if (Compare(challenger, k, _all.Where(s => s.Time >= begins && s.LabelTime <= time), isChallenger: true)) End();
            }
            Samples(k, time);
            if (_versions.Count == 0) Promote(k, k, null, $"The first version: it has learned from {Trained(k).Count:N0} samples.");
            else if (Compare(k, k, _windows[k].Where(s => s.IsTest), isChallenger: false)) End();
            else
            {
                End();
                (challenger, since) = (k, ready);
            }

            void End()
            {
                if (challenger > 0) _challengers.Add((since, ready, challenger));
                challenger = 0;
            }
        }
        if (challenger > 0) _challengers.Add((since, DateTime.MaxValue, challenger));
        Expire();
    }

    private List<ModelSample> Trained(int version) => [.. _windows[version].Where(s => !s.IsTest)];

    private void Schedule()
    {
        var windows = section["walkForward"]!;
        var needed = (int)windows["train"]! + (int)windows["gap"]! + Test;
        var end = bars[^1].Time + s_bar;
        for (DateTime? time = _all.Select(s => s.LabelTime).Order().ElementAt(needed - 1); time < end; time = Next(time!.Value))
            _times.Add(time.Value);
        _windows.Keys.Order().ShouldBe(Enumerable.Range(1, _times.Count));

        DateTime? Next(DateTime after) =>
            _closings.Where(c => c > after).Skip((int)_rule["trades"]! - 1).Cast<DateTime?>().FirstOrDefault();
    }

    // What is learned and what tests it.
    private void Samples(int version, DateTime time)
    {
        var windows = section["walkForward"]!;
        var known = _all.Where(s => s.LabelTime <= time).ToList();
        var tests = known[^Test..];
        var before = known[..^(Test + (int)windows["gap"]!)];
        if (before.Count > (int)windows["train"]!) before = before[^(int)windows["train"]!..];
        _windows[version].Where(s => s.IsTest).Select(s => s.Time).ShouldBe(tests.Select(s => s.Time));
        Trained(version).Select(s => s.Time).ShouldBe(before.Where(s => s.LabelTime <= tests[0].Time).Select(s => s.Time));
    }

    private double Predict(int version, DateTime known) =>
        1 / (1 + Math.Exp(-(_weights[version][0] + _features[known].Select((x, f) => _weights[version][f + 1] * x).Sum())));

    private static Contest Compared(IEnumerable<(DateTime Time, DateTime Known, double A, double B)> errors)
    {
        var (last, used) = (DateTime.MinValue, new List<(double A, double B)>());
        foreach (var e in errors)
        {
            if (e.Time < last) continue;
            last = e.Known;
            used.Add((e.A * e.A, e.B * e.B));
        }
        double[] differences = [.. used.Select(u => u.A - u.B)];
        var error = CurveFigures.Deviation(differences) / Math.Sqrt(used.Count);
        return new Contest(used.Count, used.Average(u => u.A), used.Average(u => u.B), differences.Average(),
            StudentCurve.Bound(used.Count - 1) * error, StudentCurve.Above(differences.Average() / error, used.Count - 1));
    }

    private bool Compare(int version, int training, IEnumerable<ModelSample> rows, bool isChallenger)
    {
        var incumbent = _versions[^1];
        var contest = Compared(rows.Select(s => (s.Time, s.LabelTime, Predict(incumbent.Version, s.Time) - s.Label,
            Predict(version, s.Time) - s.Label)));
        var hasExpired = incumbent.Expiry <= _times[training - 1] + Lateness;
        var level = (double)_rule["level"]! / 2;
        var who = $"{(isChallenger ? "the challenger, " : "")}version {version}";
        var text = $"{contest.After:0.####} beside {contest.Before:0.####} of version {incumbent.Version} on {contest.Count} outcomes that "
            + $"neither has learned from (p = {contest.PValue:0.###})";
        if (hasExpired ? contest.Mean > 0 : contest.Count >= 10 && contest.PValue <= level)
        {
            Promote(version, training, contest, $"The mean squared error of {who} is {text}" + (hasExpired
                ? $"; version {incumbent.Version} has expired, so that a smaller error is enough." : "."));
            return true;
        }
        _log.Add(new Row(_times[training - 1], "rejected", 0, version, incumbent.Version, contest,
            $"Version {incumbent.Version} stays: the mean squared error of {who} is {text}, which does not show that it errs less."));
        return false;
    }

    private void Promote(int version, int training, Contest? contest, string reason)
    {
        var time = _times[training - 1];
        _log.Add(new Row(time, "promoted", version, version, contest is null ? 0 : _versions[^1].Version, contest, reason));
        var trained = _times[version - 1];
        var ends = bars.Select(b => b.Time + s_bar).Where(b => b > trained).Skip((int)_rule["expire"]!["bars"]! - 1).Cast<DateTime?>()
            .FirstOrDefault() ?? DateTime.MaxValue;
        _versions.Add(new Promoted(version, time + Lateness, ends));
    }

    private void Expire()
    {
        foreach (var (i, version) in _versions.Index())
        {
            var time = version.Expiry > version.From ? version.Expiry : version.From;
            if (time < To(i)) _log.Add(new Row(time, "expired", version.Version, 0, 0, null,
                $"Version {version.Version} has reached its greatest age: it admits no entries."));
        }
    }

    private DateTime To(int version) => version + 1 < _versions.Count ? _versions[version + 1].From : bars[^1].Time + s_bar;

    /// <summary>model_log.csv, model_challengers.csv, the versions at the signals, and the section of results.json.</summary>
    public void Check()
    {
        Log();
        Versions();
        Challengers();
    }

    private void Log()
    {
        var table = CsvTable.Read(Path.Combine(run.Files.Folder, "model_log.csv"));
        List<Row> log = [.. _log.OrderBy(r => r.Time)];
        table.Rows.Count.ShouldBe(log.Count);
        foreach (var (i, (cells, row)) in table.Rows.Zip(log).Index())
        {
            var path = $"modelDecisions.actions[{i}].";
            table.Text(cells, "action").ShouldBe(row.Action, $"row {i}");
            table.Text(cells, "reason").ShouldBe(row.Reason);
            check.Text(path + "strategy", Strategy);
            check.Text(path + "reason", row.Reason);
            Time("time", "time", row.Time);
            Number("version", "version", row.InForce, row.InForce > 0);
            Number("weight", "weight", row.Action == "expired" ? 0 : double.NaN, row.Action == "expired");
            Number("before", "before", row.Contest?.Before ?? double.NaN, row.Contest is not null);
            Number("after", "after", row.Contest?.After ?? double.NaN, row.Contest is not null);
            Number("trades", "trades", row.Contest?.Count ?? 0, true);
            if (row.Trained == 0) continue;
            Number("trained", "training.trained", row.Trained, true);
            Number("incumbent", "training.incumbent", row.Incumbent, row.Incumbent > 0);
            Number("p_value", "training.pValue", row.Contest?.PValue ?? double.NaN, row.Contest is not null);
            Number("samples", "training.samples", Trained(row.Trained).Count, true);
            Time("ready", "training.ready", row.Time + Lateness);
            Time("train_from", "training.trainFrom", Trained(row.Trained)[0].Time);
            Time("train_to", "training.trainTo", Trained(row.Trained).Max(s => s.LabelTime));

            void Number(string column, string key, double expected, bool isShown)
            {
                check.Number(path + key, expected, 1e-6);
                if (isShown) table.Number(cells, column).ShouldBe(expected, 1e-6 * Math.Max(1, Math.Abs(expected)), $"{column} of row {i}");
                else table.Text(cells, column).ShouldBeEmpty();
            }

            void Time(string column, string key, DateTime expected)
            {
                check.Text(path + key, $"{expected:yyyy-MM-ddTHH:mm:ss}Z");
                table.Time(cells, column).ShouldBe(expected, $"{column} of row {i}");
            }
        }
    }

    private void Versions()
    {
        var table = CsvTable.Read(Path.Combine(run.Files.Folder, "signals.csv"));
        var signals = table.Rows.Select(r => (Known: table.Time(r, "time") + s_bar, Version: table.Text(r, "model_version"),
            Size: table.Text(r, "model_size"))).ToList();
        foreach (var signal in signals)
        {
            var version = _versions.LastOrDefault(v => v.From <= signal.Known);
            signal.Version.ShouldBe(version is null ? "" : $"{version.Version}", $"version at {signal.Known:u}");
            if (version?.Expiry <= signal.Known) signal.Size.ShouldBe("0");
        }
        var shown = 0;
        foreach (var (i, version) in _versions.Index())
        {
            // Of two decisions of one time the first was never in force.
            if (i + 1 < _versions.Count && _versions[i + 1].From == version.From) continue;
            var path = $"modelDecisions.versions[{shown++}].";
            List<(DateTime Known, string Version, string Size)> judged = [.. signals.Where(s => s.Version == $"{version.Version}")];
            check.Text(path + "strategy", Strategy);
            check.Number(path + "version", version.Version);
            check.Text(path + "from", $"{version.From:yyyy-MM-ddTHH:mm:ss}Z");
            if (i + 1 < _versions.Count) check.Text(path + "to", $"{To(i):yyyy-MM-ddTHH:mm:ss}Z");
            if (version.Expiry < To(i)) check.Text(path + "expired", $"{version.Expiry:yyyy-MM-ddTHH:mm:ss}Z");
            check.Text(path + "trainFrom", $"{Trained(version.Version)[0].Time:yyyy-MM-ddTHH:mm:ss}Z");
            check.Text(path + "trainTo", $"{Trained(version.Version).Max(s => s.LabelTime):yyyy-MM-ddTHH:mm:ss}Z");
            check.Number(path + "samples", Trained(version.Version).Count);
            check.Number(path + "signals", judged.Count);
            check.Number(path + "refused", judged.Count(s => version.Expiry <= s.Known));
        }
    }

    private void Challengers()
    {
        var table = CsvTable.Read(Path.Combine(run.Files.Folder, "model_challengers.csv"));
        var signals = CsvTable.Read(Path.Combine(run.Files.Folder, "signals.csv"));
        var closed = signals.Rows.Where(r => signals.Text(r, "outcome") == "closed").ToList();
        var errors = new List<(DateTime Time, DateTime Known, double A, double B)>();
        foreach (var signal in closed.DistinctBy(r => signals.Time(r, "time")))
        {
            var known = signals.Time(signal, "time") + s_bar;
            var challenger = _challengers.LastOrDefault(c => c.From <= known && known < c.To).Version;
            if (challenger == 0 || _all.Find(s => s.Time == known) is not { } sample) continue;
            var version = _versions.Last(v => v.From <= known).Version;
            var (a, b) = (Predict(version, known), Predict(challenger, known));
            var row = table.Rows[errors.Count];
            table.Text(row, "number").ShouldBe(signals.Text(signal, "number"));
            table.Text(row, "version").ShouldBe($"{version}");
            table.Text(row, "challenger").ShouldBe($"{challenger}");
            table.Number(row, "prediction").ShouldBe(a, 1e-6);
            table.Number(row, "challenger_prediction").ShouldBe(b, 1e-6);
            table.Number(row, "outcome").ShouldBe(sample.Label);
            table.Time(row, "outcome_time").ShouldBe(sample.LabelTime);
            errors.Add((known, sample.LabelTime, a - sample.Label, b - sample.Label));
        }
        table.Rows.Count.ShouldBe(errors.Count);
        errors.Count.ShouldBeGreaterThan(20);
        var (path, contest) = ("modelDecisions.challengers[0].", Compared(errors));
        check.Text(path + "strategy", Strategy);
        check.Number(path + "trades", errors.Count);
        check.Number(path + "compared", contest.Count);
        check.Number(path + "error", contest.Before, 1e-6);
        check.Number(path + "challengerError", contest.After, 1e-6);
        check.Number(path + "low", contest.Mean - contest.Margin, 1e-5);
        check.Number(path + "high", contest.Mean + contest.Margin, 1e-5);
        check.Number(path + "pValue", contest.PValue, 1e-5);
    }
}
