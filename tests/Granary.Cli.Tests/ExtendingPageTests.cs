using System.Globalization;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>docs/extending.md lists what a plug-in may call, and its examples are the files that run here.</summary>
public sealed class ExtendingPageTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("members")]
    [InlineData("examples")]
    public void The_page_is_that_of_the_code(string section)
    {
        var text = section == "members" ? ExtendingPage.MembersText() : ExtendingPage.ExamplesText();
        var (begin, end) = ($"<!-- {section} -->\n", $"\n<!-- end of {section} -->\n");
        var page = File.ReadAllText(ExtendingPage.Path);
        var (from, to) = (page.IndexOf(begin, StringComparison.Ordinal) + begin.Length, page.IndexOf(end, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1")
            File.WriteAllText(ExtendingPage.Path, page[..from] + text + page[to..]);
        else (page[from..to] == text).ShouldBeTrue("docs/extending.md is out of date: run these tests with GRANARY_WRITE_DOCS=1");
    }

    [Fact]
    public void Every_member_that_a_plug_in_may_call_has_a_summary() => ExtendingPage.Undocumented().ShouldBeEmpty();

    [Fact]
    public void Every_example_is_on_the_page() =>
        Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, "samples/Plugin/Examples")).Select(Path.GetFileName).Order()
            .ShouldBe(ExtendingPage.Examples.Order());

    [Fact]
    public async Task The_examples_trade_as_they_say_and_are_verified()
    {
        var plugins = Directory.CreateDirectory(_folder.At("plugins")).FullName;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "SamplePlugin.dll"), Path.Combine(plugins, "SamplePlugin.dll"));
        var batch = _folder.Write("batch.json", $$"""
            { "name": "examples",
              "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples/data/1h")}}", "symbols": ["ACME", "COINUSDT"],
                "timeframe": "1h", "to": "2022-07-01" },
              "strategies": [
                { "class": "UpShareTrend", "size": { "percentOfEquity": 50 } },
                { "class": "AtrStop", "size": { "percentOfEquity": 50 } },
                { "class": "TimeExit", "params": { "bars": 7 }, "size": { "percentOfEquity": 50 } },
                { "class": "TwoTimeframes", "size": { "percentOfEquity": 50 } },
                { "class": "PairTrade", "sides": "both", "size": { "percentOfEquity": 80 } },
                { "class": "QuietWeights" } ],
              "portfolio": { "weights": "equal" }, "outputs": "all" }
            """);
        var call = await GranaryCall.RunAsync("backtest", batch, "--plugins", plugins, "--out", _folder.At("run"), "--no-guards");
        call.ExitCode.ShouldBe(0, call.Error);
        var trades = Trades();
        IReadOnlyList<Dictionary<string, string>> Of(string strategy)
        {
            var own = trades.Where(t => t["strategy"].StartsWith(strategy + "(", StringComparison.Ordinal)).ToList();
            own.Count.ShouldBeGreaterThan(strategy == "QuietWeights" ? 1 : 3, strategy);
            return own;
        }

        Of("UpShareTrend").ShouldAllBe(t => t["side"] == "long");
        Of("AtrStop").ShouldAllBe(t => t["exit_reason"] == "stop" || t["exit_reason"] == "open");
        Of("TimeExit").Where(t => t["exit_reason"] != "open").ShouldAllBe(t => t["bars"] == "7");
        Of("TwoTimeframes").ShouldAllBe(t => t["side"] == "long");
        // Both legs are open at the same time, on opposite sides; each fills at the next bar of its own market.
        var pair = Of("PairTrade");
        string[] Sides(string symbol) => [.. pair.Where(t => t["symbol"] == symbol).Select(t => t["side"])];
        Sides("ACME").Select(side => side == "long" ? "short" : "long").ShouldBe(Sides("COINUSDT"));
        Of("QuietWeights").Select(t => t["symbol"]).Distinct().Order().ShouldBe(["ACME", "COINUSDT"]);

        var verified = await GranaryCall.RunAsync("verify", _folder.At("run"), "--plugins", plugins, "--cuts", "4");
        verified.ExitCode.ShouldBe(0, verified.Output + verified.Error);
        var factor = await GranaryCall.RunAsync("factors", "compute",
            Path.Combine(SharedData.RepositoryRoot, "samples/data/1h/ACME.csv"), "--factors", "up-share(5);close", "--plugins", plugins);
        factor.ExitCode.ShouldBe(0, factor.Error);
        var rows = factor.Output.TrimEnd().Split('\n').Skip(1).Select(r => r.Split(',')).ToList();
        var closes = rows.Select(r => double.Parse(r[2], CultureInfo.InvariantCulture)).ToList();
        for (var i = 0; i < 200; i++)
            rows[i][1].ShouldBe(i < 5 ? "" : (Enumerable.Range(i - 4, 5).Count(k => closes[k] > closes[k - 1]) / 5.0)
                .ToString(CultureInfo.InvariantCulture));
    }

    private List<Dictionary<string, string>> Trades()
    {
        var lines = File.ReadAllLines(_folder.At("run/trades.csv"));
        var columns = lines[0].Split(',');
        // The strategy's id stands in quotes and has commas.
        return [.. lines.Skip(1).Select(l => (Id: l[1..l.IndexOf('"', 1)], Cells: l[(l.IndexOf('"', 1) + 2)..].Split(',')))
            .Select(l => columns.Skip(1).Zip(l.Cells).Append(("strategy", l.Id)).ToDictionary(c => c.Item1, c => c.Item2))];
    }
}
