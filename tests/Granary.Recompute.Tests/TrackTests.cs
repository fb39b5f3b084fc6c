using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>What <c>track</c> prints, writes as JSON and shows on its page follows from the table of returns.</summary>
public class TrackTests
{
    private const int Most = 4, Periods = 520, Window = 252;

    private static readonly string[] Free = ["--intercept", "--split", "0.7", "--window", "252"],
        Bounded = ["--non-negative", "--sum-to-one", "--max-weight", "0.35", "--window", "252", "--step", "60"];

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public async Task Figures_of_a_replica_follow_from_the_returns(int seed, bool isBounded)
    {
        using var folder = new TemporaryFolder();
        var table = new ReturnTable(seed, Periods);
        string[] call = ["track", "--panel", table.Write(folder), "--index", ReturnTable.Index, "--max-stocks", $"{Most}",
            .. isBounded ? Bounded : Free];
        var json = JsonDocument.Parse(await GranaryCommand.RunAsync([.. call, "--json", "--out", folder.File("page.html")])).RootElement;
        var figures = isBounded ? new TrackFigures(table, Most, Periods, Window, 60, 0.35)
            : new TrackFigures(table, Most, 364, Window, 21, double.NaN);
        // Of the best set of names any order is right.
        if (isBounded) figures.Order([.. json.GetProperty("support").EnumerateArray().Select(n => n.GetString()!)]);

        var check = new PageCheck(ReportPage.Read(folder.File("page.html")));
        new TrackTables(check, table, figures).Check();
        check.Demand(sentences: true);
        Json(json, table, figures);
        Terminal(await GranaryCommand.RunAsync(call), table, figures);
    }

    private static void Json(JsonElement json, ReturnTable table, TrackFigures figures)
    {
        var check = new ResultsCheck(json);
        Choice("", figures.Fit);
        check.Number("weightSum", figures.Fit.Weights.Sum());
        check.Number("periodsPerYear", 252);
        Quality("", figures.InSample);
        Quality("inSample.", figures.InSample, withPeriods: true);
        if (figures.OutOfSample is { } later) Quality("outOfSample.", later, withPeriods: true);
        for (var i = 0; i < figures.Fit.Names.Count; i++)
        {
            check.Number($"path[{i}].names", i + 1);
            check.Number($"path[{i}].residualNorm", figures.DistanceWith(i + 1));
            check.Number($"path[{i}].trackingError", figures.ErrorWith(i + 1));
        }
        Quality("rolling.", figures.Rolling);
        check.Number("rolling.turnover", Enumerable.Range(1, figures.Choices.Count - 1).Average(figures.Turnover));
        for (var i = 0; i < figures.Choices.Count; i++)
        {
            var path = $"rolling.history[{i}].";
            check.Text(path + "from", $"{table.Times[figures.Choices[i].Period]:yyyy-MM-ddTHH:mm:ss}Z");
            Choice(path, figures.Choices[i].Choice);
            check.Number(path + "turnover", figures.Turnover(i));
        }
        check.Demand();

        void Choice(string path, Replica choice)
        {
            foreach (var (k, weight) in choice.Names.Zip(choice.Weights)) check.Number($"{path}weights.{table.Names[k]}", weight);
            check.Number(path + "intercept", choice.Intercept);
        }

        void Quality(string path, TrackQuality q, bool withPeriods = false)
        {
            if (withPeriods) check.Number(path + "periods", q.Periods);
            check.Number(path + "residualNorm", q.ResidualNorm);
            check.Number(path + "trackingError", q.TrackingError);
            check.Number(path + "informationRatio", q.InformationRatio);
            check.Number(path + "correlation", q.Correlation);
        }
    }

    private static void Terminal(string output, ReturnTable table, TrackFigures figures)
    {
        var differences = new List<string>();
        var check = new SentenceCheck(output.Split('\n').Select(line => Regex.Replace(line, "\\s+", " ").Trim()), differences);
        check.Says("INDEX: a replica of {} of {} names, in the order of choice", Most, table.Names.Count);
        foreach (var (k, weight) in figures.Fit.Names.Zip(figures.Fit.Weights)) check.Says($"{table.Names[k]} {{}}", 100 * weight);
        check.Says("Sum of the weights {}", 100 * figures.Fit.Weights.Sum());
        if (!figures.IsBounded) check.Says("Intercept {} a period, which no holding earns", figures.Fit.Intercept);
        Quality(figures.OutOfSample is null ? "in sample: all periods were fitted" : "in sample: the fitted periods", figures.InSample);
        if (figures.OutOfSample is { } later) Quality("out of sample: the later periods", later);
        Quality("out of sample: the rolling choice", figures.Rolling);
        differences.Concat(check.Unchecked).ShouldBeEmpty();

        void Quality(string over, TrackQuality q) => check.Says(over + " {} {} {} {} {}", q.Periods, 100 * q.TrackingError, q.Correlation,
            q.InformationRatio, q.ResidualNorm);
    }
}
