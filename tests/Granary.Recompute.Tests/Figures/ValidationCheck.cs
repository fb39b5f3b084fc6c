using System.Text.Json;

namespace Granary.Recompute.Tests.Figures;

/// <summary>The sections guards and evidence of results.json.</summary>
/// <param name="stress">Total returns of the weighted strategies, or of the portfolio, with double costs and orders one bar later; null
/// where costs were not stressed.</param>
internal sealed class ValidationCheck(ResultsCheck check, JsonElement results, ValidationFigures figures,
    IReadOnlyDictionary<string, double>? stress)
{
    // A p-value and a mean of resamples are equal to another bootstrap's within so many standard errors.
    private const double StandardErrors = 4;

    // Shares of trials are kept in a file with six digits.
    private const double LedgerDigits = 1e-5;

    private static readonly double Annual = Math.Sqrt(365.25 / 7);

    private readonly JsonElement _section = results.GetProperty("guards");

    public void Check()
    {
        Trials();
        Overfitting();
        Snooping();
        Bridge();
        Checks();
        // The strategies of a walk-forward are groups of those that are judged.
        if (!results.TryGetProperty("walkForward", out _))
            foreach (var (i, s) in figures.All.Index())
                check.Number($"strategies[{i}].stats.deflatedSharpe", figures.Deflated(s), 1e-3);
        check.Number("portfolio.stats.deflatedSharpe", Deflated, LedgerDigits);
        check.Number("portfolio.stats.probabilityOfOverfitting", figures.Halvings?.Overfitted ?? double.NaN);
    }

    /// <summary>Demands that every number of the whole document agrees.</summary>
    public void Demand()
    {
        // They say these figures, as the check of the page demands.
        check.Sentences(@"guards\.conclusions\[\d+\]|evidence\.\w+\.sentence|statements\.\w+\.sentence");
        check.Demand();
    }

    private double Shown(string key) => _section.GetProperty(key) is { ValueKind: JsonValueKind.Number } v ? v.GetDouble() : double.NaN;

    private double WinnersOfNothing => Shown("winnersOfNothing");

    /// <summary>What the sections say of the portfolio's own weeks, where the strategies that are judged are not known.</summary>
    public static void Portfolio(ResultsCheck check, JsonElement results, WeeklyReturns portfolio)
    {
        var (section, own) = (results.GetProperty("guards"), SharpeFigures.Of(portfolio.Returns));
        double Of(string key) => section.GetProperty(key).GetDouble();
        check.Number("guards.sharpe", own.Sharpe, 1e-7);
        check.Number("guards.periods", own.Periods);
        check.Number("guards.minimumTrackRecord", own.LeastRecord, 1e-6);
        check.Number("guards.deflatedSharpe", own.Above(Math.Max(Of("expectedMaximum"), Of("winnersOfNothing"))), LedgerDigits);
        check.Number("guards.rawDeflatedSharpe", own.Above(Of("rawExpectedMaximum")), LedgerDigits);
        check.Number("guards.expectedMaximum", NormalCurve.ExpectedMaximum(Of("effectiveTrials")) / Math.Sqrt(own.Periods - 1),
            LedgerDigits);
        check.Number("guards.luckBar", AYear(Math.Max(Of("expectedMaximum"), Of("winnersOfNothing"))), 1e-9);
        var (growth, sharpe) = Figures(portfolio.Returns);
        foreach (var (i, row) in section.GetProperty("bridge").EnumerateArray().Index())
        {
            if (row.GetProperty("figure").GetString() != "Portfolio, by weeks") continue;
            check.Number($"guards.bridge[{i}].return", growth, 1e-7);
            check.Number($"guards.bridge[{i}].sharpe", sharpe, 1e-6);
        }
    }

    // A ratio of weeks as one of a year.
    private static double AYear(double ofWeeks) => ofWeeks * Math.Sqrt(365.25 / 7);

    private double Deflated => figures.Own.Above(Math.Max(figures.ExpectedMaximum, WinnersOfNothing));

    private void Trials()
    {
        check.Number("guards.trials", figures.Weeks.Strategies.Count);
        check.Number("guards.newTrials", figures.Weeks.Strategies.Count);
        check.Number("guards.effectiveTrials", figures.Effective, LedgerDigits);
        check.Number("guards.clusters", figures.Trials.Clusters);
        check.Number("guards.trialDeviation", figures.TrialDeviation, 1e-6);
        check.Number("guards.rawExpectedMaximum", figures.RawMaximum, 1e-6);
        check.Number("guards.rawDeflatedSharpe", figures.Own.Above(figures.RawMaximum), LedgerDigits);
        check.Number("guards.expectedMaximum", figures.ExpectedMaximum, LedgerDigits);
        check.Number("guards.luckBar", AYear(Math.Max(figures.ExpectedMaximum, WinnersOfNothing)), LedgerDigits);
        check.Number("guards.sharpe", figures.Own.Sharpe, 1e-7);
        check.Number("guards.deflatedSharpe", Deflated, LedgerDigits);
        check.Number("guards.minimumTrackRecord", figures.Own.LeastRecord, 1e-6);
        check.Number("guards.periods", figures.Portfolio.Returns.Length);
    }

    private void Overfitting()
    {
        if (figures.Halvings is not { } halvings) return;
        check.Number("guards.probabilityOfOverfitting", halvings.Overfitted);
        check.Number("guards.probabilityOfLoss", halvings.Loses);
        check.Number("guards.degradation", halvings.Degradation, 1e-6);
        check.Number("guards.blocks", halvings.Blocks);
        foreach (var (i, count) in halvings.Logits.Index()) check.Number($"guards.logits[{i}]", count);
    }

    private void Snooping()
    {
        check.Number("guards.meanBlock", figures.Chance.MeanBlock);
        check.Number("guards.resamples",
            Math.Clamp(Math.Floor(400e6 / (figures.Weeks.JoinedReturns.Count * figures.Weeks.JoinedReturns[0].Length)), 200, 1000));
        ByChance("guards.realityCheck", figures.Chance.RealityCheck, Shown("resamples"), figures.Drawn);
        ByChance("guards.superiorPredictiveAbility", figures.Chance.Superior, Shown("resamples"), figures.Drawn);
        check.Number("guards.winnersOfNothing", figures.WinnersOfNothing(), 1e-6);
    }

    private void ByChance(string path, double probability, double theirs, double ours) => check.Within(path, probability,
        StandardErrors * Math.Sqrt(Math.Max(0.01, probability * (1 - probability)) * (1 / theirs + 1 / ours)));

    private void Bridge()
    {
        foreach (var (i, row) in _section.GetProperty("bridge").EnumerateArray().Index())
        {
            var (name, path) = (row.GetProperty("figure").GetString()!, $"guards.bridge[{i}].");
            var stretch = Stretch(row);
            if (stretch is { } s)
            {
                var (from, to) = Within(s.From, s.To);
                check.Text(path + "from", $"{from:yyyy-MM-ddTHH:mm:ss}Z");
                check.Text(path + "to", $"{to:yyyy-MM-ddTHH:mm:ss}Z");
            }
            var (growth, sharpe) = Row(name, stretch);
            check.Number(path + "return", growth, 1e-7);
            check.Number(path + "sharpe", sharpe, 1e-6);
        }
    }

    // The first week and the last one reach beyond the record.
    private (DateTime From, DateTime To) Within(int first, int end)
    {
        var (from, to) = (WeeklyReturns.Start(first), WeeklyReturns.Start(end));
        return (from < figures.Record.First ? figures.Record.First : from, to > figures.Record.Last ? figures.Record.Last : to);
    }

    private (int From, int To)? Stretch(JsonElement row) => !row.TryGetProperty("from", out _) ? null
        : row.GetProperty("figure").GetString()!.StartsWith("Portfolio, by", StringComparison.Ordinal)
            ? (figures.Portfolio.First, figures.Portfolio.First + figures.Portfolio.Returns.Length)
            : (figures.OutOfSample!.Value.First, figures.OutOfSample.Value.First + figures.OutOfSample.Value.Returns.Length);

    private (double Return, double Sharpe) Row(string name, (int From, int To)? stretch)
    {
        var stats = results.GetProperty("portfolio").GetProperty("stats");
        var total = Members().Sum(m => Math.Abs(m.Weight));
        var weeks = stretch is { } s ? Enumerable.Range(s.From, s.To - s.From).ToArray() : [];
        switch (name)
        {
            // Both are compared with the account where the statistics are.
            case "Portfolio":
                return (stats.GetProperty("totalReturn").GetDouble(),
                    stats.GetProperty("sharpe") is { ValueKind: JsonValueKind.Number } own ? own.GetDouble() : double.NaN);
            case "Portfolio, by weeks" or "Portfolio, unseen stretch only":
                return Figures([.. weeks.Select(figures.Portfolio.At)]);
            case "Its strategies on paper, same stretch":
                var own2 = Members().Select(m => (m.Weight, Returns: WeeklyReturns.Of(m.Rows, figures.Weeks.Cash))).ToList();
                return Figures([.. weeks.Select(w => own2.Sum(m => m.Weight / total * m.Returns.At(w)))]);
            case "Out of sample":
                return Figures(figures.OutOfSample!.Value.Returns);
            case "Its strategies, each in an account of its own":
                return (Members().Sum(m => m.Weight * m.TotalReturn) / total, double.NaN);
            case "Under stress":
                return (Members().Sum(m => m.Weight * stress![m.Id]) / total, double.NaN);
            default:
                throw new InvalidOperationException($"nothing recomputes the bridge to '{name}'");
        }
    }

    private IEnumerable<FilteredStrategy> Members() => figures.All.Where(s => s.Weight != 0);

    private static (double, double) Figures(double[] returns) =>
        (returns.Aggregate(1.0, (g, r) => g * (1 + r)) - 1, SharpeFigures.Of(returns).Sharpe * Annual);

    private void Checks()
    {
        if (figures.OutOfSample is { } unseen)
        {
            var (growth, sharpe) = Figures(unseen.Returns);
            check.Number("evidence.outOfSample.return", growth, 1e-7);
            check.Number("evidence.outOfSample.sharpe", sharpe / Annual, 1e-6);
            check.Number("evidence.outOfSample.periods", unseen.Returns.Length);
            var (from, to) = Within(unseen.First, unseen.First + unseen.Returns.Length);
            check.Claim("the stretch of the out-of-sample check lies within the record", results.GetProperty("evidence")
                .GetProperty("outOfSample").GetProperty("sentence").GetString()!.Contains(
                    $" from {from:yyyy-MM-dd} to {to:yyyy-MM-dd}:", StringComparison.Ordinal));
        }
        if (figures.Own.IsDefined) Copies();
        if (figures.Halvings is { } halvings)
        {
            const string Path = "evidence.probabilityOfOverfitting.";
            check.Number(Path + "value", halvings.Overfitted);
            check.Number(Path + "loss", halvings.Gainless);
            check.Number(Path + "blocks", halvings.Blocks);
        }
        Limits();
        Benchmark();
        Stress();
        Causality();
    }

    // Of docs/validation.md.
    private void Limits()
    {
        var found = results.GetProperty("evidence");
        foreach (var (name, key, limit) in new[] { ("deflatedSharpe", "threshold", 0.95), ("probabilityOfOverfitting", "threshold", 0.5),
            ("probabilityOfOverfitting", "lossThreshold", 0.05), ("betterThanBenchmark", "threshold", 0.05) })
            if (found.TryGetProperty(name, out var finding) && finding.TryGetProperty(key, out _))
                check.Number($"evidence.{name}.{key}", limit);
    }

    // The sample of docs/validation.md. Which times are tried depends on chance and on the strategies' decisions.
    private void Causality()
    {
        const string Path = "evidence.causality.";
        const int Passes = 6, MostCuts = 12 + 2;
        if (!results.GetProperty("evidence").GetProperty("causality").TryGetProperty("cuts", out var cuts)) return;
        check.Number(Path + "found", 0);
        long evaluations = figures.All.Sum(s => (long)s.Rows.Count), work = Math.Max(400_000, evaluations / 50);
        var mean = Math.Min(Math.Max(2_000, work / Passes), evaluations / figures.All.Count);
        check.Number(Path + "strategies", Math.Clamp(work / (Passes * mean), 1, figures.All.Count));
        check.Number(Path + "cuts", Math.Clamp(cuts.GetInt32(), 1, MostCuts));
    }

    private void Copies()
    {
        const string Path = "evidence.deflatedSharpe.";
        check.Number(Path + "value", Deflated, LedgerDigits);
        check.Number(Path + "trials", figures.Weeks.Strategies.Count);
        check.Number(Path + "effectiveTrials", figures.Effective, LedgerDigits);
        // No other batch has run on these bars.
        check.Number(Path + "alone", Deflated, LedgerDigits);
        check.Number(Path + "raw", figures.Own.Above(figures.RawMaximum), LedgerDigits);
        check.Number(Path + "sharpe", figures.Own.Sharpe, 1e-7);
        check.Number(Path + "expectedMaximum", figures.ExpectedMaximum, LedgerDigits);
        // Compared above, where it stands first.
        check.Number(Path + "winnersOfNothing", WinnersOfNothing);
        check.Number(Path + "minimumTrackRecord", figures.Own.LeastRecord, 1e-6);
        check.Number(Path + "periods", figures.Portfolio.Returns.Length);
    }

    // The portfolio at the benchmark's risk (Modigliani and Modigliani 1997).
    private void Benchmark()
    {
        if (!results.GetProperty("evidence").TryGetProperty("betterThanBenchmark", out _)) return;
        const string Path = "evidence.betterThanBenchmark.";
        const int Theirs = 2_000;
        var (own, other) = figures.Against!.Value;
        var scale = CurveFigures.Deviation(other) / CurveFigures.Deviation(own);
        double[] excess = [.. own.Zip(other, (o, b) => scale * o - b)];
        check.Number(Path + "return", own.Aggregate(1.0, (g, r) => g * (1 + r)) - 1, 1e-7);
        var theirs = other.Aggregate(1.0, (g, r) => g * (1 + r)) - 1;
        // The head of the page begins with a later benchmark's first bar, the check with its first whole week.
        var head = results.GetProperty("portfolio").GetProperty("stats").GetProperty("benchmarkReturn").GetDouble();
        if (figures.BenchmarkSince is null)
            check.Claim("the benchmark's return of the check is that of the head of the page", Math.Abs(head - theirs) < 1e-7);
        check.Number(Path + "benchmarkReturn", theirs, 1e-7);
        check.Number(Path + "sharpe", own.Average() / CurveFigures.Deviation(own), 1e-6);
        check.Number(Path + "benchmarkSharpe", other.Average() / CurveFigures.Deviation(other), 1e-6);
        check.Number(Path + "excess", excess.Average(), 1e-6);
        ByChance(Path + "own", BestByChance.Of([excess], Theirs, new Random(7)).RealityCheck, Theirs, Theirs);
        var finding = results.GetProperty("evidence").GetProperty("betterThanBenchmark");
        var decides = finding.GetProperty("own").GetDouble();
        if (IsChosen)
        {
            // The best of all that the portfolio was chosen from, which the section's own check recomputes.
            var best = results.GetProperty("guards").GetProperty("superiorPredictiveAbility").GetDouble();
            check.Number(Path + "selection", best);
            decides = Math.Max(decides, best);
        }
        check.Number(Path + "pValue", decides);
        check.Claim("the check passes by its p-value", finding.GetProperty("state").GetString()
            == (excess.Average() > 0 && decides <= 0.05 ? "passed" : "failed"));
    }

    // By the record, or by hand: strategies were left out.
    private bool IsChosen => !results.TryGetProperty("walkForward", out _) && !results.TryGetProperty("weights", out _)
        && Members().Count() < figures.Weeks.Strategies.Count;

    private void Stress()
    {
        const string Path = "evidence.costStress.";
        if (stress is null) return;
        List<FilteredStrategy> members = [.. Members()];
        var total = members.Sum(m => Math.Abs(m.Weight));
        check.Number(Path + "return", members.Sum(m => m.Weight * m.TotalReturn) / total);
        check.Number(Path + "stressed", members.Sum(m => m.Weight * stress[m.Id]) / total);
        check.Number(Path + "weighted", members.Count);
        check.Number(Path + "strategies", members.Count);
        check.Number(Path + "stillProfitable", members.Count(m => stress[m.Id] > 0));
    }
}
