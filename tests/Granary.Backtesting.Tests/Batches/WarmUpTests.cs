using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>What a batch reads before its first bar, and what it says of files and reservations that nothing can match.</summary>
public sealed class WarmUpTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-warm-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static BatchSpec Spec(string data, string portfolio = "",
        string strategy = "SmaCross\", \"params\": { \"fast\": 10, \"slow\": 40 }, \"sides\": \"long") =>
        new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(
        $$"""
        { "name": "test", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}", "symbols":
          ["ACME", "COINUSDT"], "timeframe": "1h"{{data}} },
          "strategies": [ { "class": "{{strategy}}", "size": { "units": 10 } } ]{{portfolio}} }
        """), Path.GetTempPath());

    private async Task<BatchRun> RunAsync(string data, string name, string? strategy = null) =>
        await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(
        strategy is null ? Spec(data) : Spec(data, strategy: strategy),
        new BatchOptions { Out = Path.Combine(_folder, name), Validation = false }, null, TestContext.Current.CancellationToken);

    private const string From = "2022-06-01T00:00:00Z", Range = ", \"from\": \"2022-06-01\", \"to\": \"2022-12-01\"";

    // Symbol, entry and exit with their prices; what is still open at the end of the range is left out.
    private static List<string> Trades(BatchRun run) =>
        [.. CsvRows.Of(Path.Combine(run.Folder, "trades.csv")).Where(t => t["exit_reason"] != "open")
            .Select(t => string.Join(' ', t["symbol"], t["entry_time"], t["entry_price"], t["exit_time"], t["exit_price"]))];

    [Fact]
    public async Task Bars_before_the_first_warm_factors_and_crossings_up()
    {
        var warm = Trades(await RunAsync(Range, "warm"));
        var whole = Trades(await RunAsync(", \"to\": \"2022-12-01\"", "whole"));
        // A run that began long before has the same crossings from then on.
        warm.Count.ShouldBeGreaterThan(10);
        warm.ShouldBe(whole.Where(t => string.CompareOrdinal(t.Split(' ')[1], From) > 0));
        Trades(await RunAsync(Range + ", \"warmUp\": false", "cold")).Count.ShouldBeLessThan(warm.Count);
    }

    [Theory]
    [InlineData("SmaCross\", \"sides\": \"both")]
    [InlineData("BuyAndHold")]
    [InlineData("MonthlyRebalance")]
    public async Task They_make_no_orders_no_rows_and_no_statistics(string strategy)
    {
        var run = await RunAsync(Range, "warm", strategy);
        var times = File.ReadLines(Path.Combine(run.Folder, "equity.csv")).Skip(1).Select(l => l.Split(',')[0]).ToList();
        times.ShouldAllBe(t => string.CompareOrdinal(t, From) >= 0);
        File.ReadLines(Path.Combine(run.Folder, "signals.csv")).Skip(1)
            .Select(l => l[(l.LastIndexOf('"') + 1)..].Split(',')[3]).ShouldAllBe(time => string.CompareOrdinal(time, From) >= 0);
        var cold = await RunAsync(Range + ", \"warmUp\": false", "cold", strategy);
        times.ShouldBe(File.ReadLines(Path.Combine(cold.Folder, "equity.csv")).Skip(1).Select(l => l.Split(',')[0]));
        for (var i = 0; i < run.Model.Strategies.Count; i++)
        {
            run.Model.Strategies[i].Stats![ExposureMetrics.Periods].ShouldBe(cold.Model.Strategies[i].Stats![ExposureMetrics.Periods]);
            run.Model.Strategies[i].Stats![RatioMetrics.PeriodsPerYear].ShouldBe(
                cold.Model.Strategies[i].Stats![RatioMetrics.PeriodsPerYear]);
        }
        run.Model.Markets.Select(m => (m.Bars, m.First)).ShouldBe(cold.Model.Markets.Select(m => (m.Bars, m.First)));
        if (strategy == "BuyAndHold") run.Model.Strategies.ShouldAllBe(s => s.Stats![TradeMetrics.Exposure] > 0.99);
    }

    [Fact]
    public async Task A_range_after_the_last_bar_is_a_fault_though_there_are_bars_to_warm_up_on()
    {
        var fault = await Should.ThrowAsync<InputException>(() => RunAsync(", \"from\": \"2030-01-01\"", "none"));
        fault.Message.ShouldContain("data.source");
        fault.Message.ShouldContain("there are no bars from 2030-01-01 00:00 on; the file has");
    }

    [Theory]
    [InlineData("\"ACMEE\": [\"SmaCross*\"]", "did you mean 'ACME'?")]
    [InlineData("\"ACME\": [\"SmaCros(fast=10,slow=40)@ACME:1h:long\"]", "did you mean 'SmaCross(fast=10,slow=40)@ACME:1h:long'?")]
    [InlineData("\"ACME\": [\"SmaCross*\", \"Rsi*\"]", "'Rsi*' matches no strategy of the batch")]
    public void A_reservation_that_matches_nothing_is_a_fault_that_names_it(string reserved, string sentence)
    {
        var spec = Spec("", ", \"portfolio\": { \"limits\": { \"reserved\": { " + reserved + " } } }");
        Should.Throw<InputException>(() => BatchPlan.Make(spec, ["ACME", "COINUSDT"])).Message.ShouldContain(sentence);
    }

    [Fact]
    public void Limits_and_instruments_that_name_unknown_symbols_are_faults_that_come_at_once()
    {
        var spec = Spec(", \"instruments\": { \"ACME\": { \"lot\": 1 }, \"AMCE\": { \"lot\": 1 }, \"*\": {} }",
            ", \"portfolio\": { \"limits\": { \"restrictedSymbols\": [\"COINUSD\"], "
            + "\"groups\": { \"g\": { \"symbols\": [\"ACME\", \"ZZZZ\"], \"maxPercent\": 5 } } } }");
        var faults = Should.Throw<InputException>(() => BatchPlan.Make(spec, ["ACME", "COINUSDT"])).Faults;
        faults.Count.ShouldBe(3);
        faults.ShouldContain(f => f.Contains("data.instruments.AMCE: 'AMCE'") && f.Contains("did you mean 'ACME'?"));
        faults.ShouldContain(f => f.Contains("limits.restrictedSymbols[0]: 'COINUSD'") && f.Contains("did you mean 'COINUSDT'?"));
        faults.ShouldContain(f => f.Contains("limits.groups.g.symbols[1]: 'ZZZZ'") && f.Contains("add it to data.symbols"));
    }

    [Fact]
    public async Task Times_of_a_csv_file_without_a_zone_are_read_in_the_batchs_time_zone_daylight_saving_included()
    {
        var text = new StringBuilder("Date,Open,High,Low,Close,Volume\n");
        foreach (var day in new[] { "2024-03-08", "2024-03-11" })
            for (var hour = 10; hour < 16; hour++)
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{day} {hour}:00:00,100,101,99,100,10\n");
        File.WriteAllText(Path.Combine(_folder, "NY.csv"), text.ToString());
        BatchSpec Batch(string zone, string source = "csv:") =>
            new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(
            $$"""
                { "name": "test", "data": { "source": "{{source}}{{_folder}}", "symbols": "NY", "timeframe": "1h",
                  "timeZone": "{{zone}}" }, "strategies": [ { "class": "BuyAndHold" } ] }
                """), _folder);
        var spec = Batch("America/New_York");
        var run = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "zone"), Validation = false }, null, TestContext.Current.CancellationToken);
        var times = File.ReadLines(Path.Combine(run.Folder, "equity.csv")).Skip(1).Select(l => l.Split(',')[0]).ToList();
        // Ten o'clock in New York: 15:00 UTC in winter, 14:00 in summer.
        times[0].ShouldBe("2024-03-08T15:00:00Z");
        times[6].ShouldBe("2024-03-11T14:00:00Z");
        JsonDocument.Parse(File.ReadAllText(Path.Combine(run.Folder, "prod.json"))).RootElement.GetProperty("data").GetProperty("timeZone")
            .GetString().ShouldBe("America/New_York");
        Should.Throw<InputException>(() => Batch("New York")).Message.ShouldContain("IANA");
        Should.Throw<InputException>(() => Batch("America/New_York", "store:")).Message.ShouldContain("csv:");
    }
}
