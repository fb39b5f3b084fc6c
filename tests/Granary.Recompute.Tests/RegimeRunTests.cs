using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>The states of markets, how they follow one another and how far machines agree, follow from the bars.</summary>
public class RegimeRunTests
{
    [Fact]
    public async Task Figures_of_market_states_follow_from_the_bars()
    {
        using var folder = new TemporaryFolder();
        var batch = new RegimeBatch();
        await GranaryCommand.RunAsync("backtest", batch.Write(folder), "--out", folder.File("run"), "--quiet");

        var files = new RunFiles(folder.File("run"));
        var section = files.Results.GetProperty("regimes");
        section.GetProperty("charts").GetArrayLength().ShouldBe(batch.Markets.Count);
        var check = new PageCheck(ReportPage.Read(Path.Combine(files.Folder, "report.html")));
        var results = new ResultsCheck(section);
        RegimeTables.Check(check, results, section, batch);
        var run = new RunFigures(files, new MarketSet(batch.Markets), RegimeBatch.Cash, RegimeBatch.Commission);
        var together = section.GetProperty("charts").EnumerateArray().ToDictionary(c => c.GetProperty("symbol").GetString()!,
            c => RegimeBatch.States(batch.Markets[c.GetProperty("symbol").GetString()!], [.. c.GetProperty("machines").EnumerateArray()
                .Single(m => m.GetProperty("name").GetString() == "hidden").GetProperty("states").EnumerateArray()
                .Select(s => s.GetInt32())])[^1], StringComparer.Ordinal);
        run.StateAt = (symbol, time) => batch.Markets[symbol].FindLastIndex(b => b.Time.AddDays(1) <= time) is >= 0 and var bar
            && together[symbol][bar] is >= 0 and var state ? RegimeBatch.Machines[^1].States[state] : null;
        ConditionTables.File(run);
        run.Conditions.Rows.ShouldContain(r => r.Condition == "state" && r.Value == "go");
        RunPage.Check(check, run);
        check.Demand(sentences: true);
        results.Demand();

        var whole = new ResultsCheck(files.Results);
        new RunResults(whole, run, "equal").Check();
        whole.Listed(@"regimes\..*", "a document of its own, above");
        var stressed = JsonNode.Parse(await File.ReadAllTextAsync(folder.File("regimes.json")))!;
        stressed["execution"] = new JsonObject { ["commissionPercent"] = RegimeBatch.Commission * 200, ["latencyBars"] = 1 };
        var validation = new ValidationCheck(whole, files.Results,
            new ValidationFigures(FilteredStrategy.Of(run), run.Rows, RegimeBatch.Cash, "equal"),
            await StressedRun.ReturnsAsync(folder, stressed));
        validation.Check();
        validation.Demand();
    }
}
