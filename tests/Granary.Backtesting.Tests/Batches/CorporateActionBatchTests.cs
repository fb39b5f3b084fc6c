using System.IO.Compression;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Engine.Analysis.Metrics;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>A dividend and a split on one ex date bring nothing, in every account that a batch has.</summary>
public sealed class CorporateActionBatchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-actions-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // A close of 100 up to the ex date, less a dividend of 2, divided by the split.
    private void Write(double splitFactor, double after)
    {
        var daily = Directory.CreateDirectory(Path.Combine(_folder, "equity", "usa", "daily")).FullName;
        var text = new StringBuilder();
        foreach (var (day, price) in ((int, double)[])[(1, 100), (2, 100), (3, 100), (4, after), (5, after), (8, after), (9, after)])
        {
            var p = (long)Math.Round(price * 10_000);
            text.Append($"202401{day:00} 00:00,{p},{p},{p},{p},100000\n");
        }
        var path = Path.Combine(daily, "abc.zip");
        File.Delete(path);
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        using (var writer = new StreamWriter(zip.CreateEntry("abc.csv").Open()))
            writer.Write(text);
        var factors = Directory.CreateDirectory(Path.Combine(_folder, "equity", "usa", "factor_files")).FullName;
        File.WriteAllText(Path.Combine(factors, "abc.csv"),
            FormattableString.Invariant($"20240103,0.98,{splitFactor},100\n20501231,1,1,0\n"));
    }

    [Theory]
    // Two for one: 98 / 2. One for ten: 98 · 10.
    [InlineData(0.5, 49, false), InlineData(0.5, 49, true), InlineData(10, 980, false), InlineData(10, 980, true)]
    public async Task Strategies_portfolio_and_benchmark_have_the_total_of_adjusted_prices(double splitFactor, double after, bool adjust)
    {
        Write(splitFactor, after);
        var spec = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
            { "name": "test", "benchmark": "buy-and-hold",
              "data": { "source": "csv:{{_folder}}/equity/usa/daily", "symbols": ["ABC"], "timeframe": "1d",
                "adjust": {{(adjust ? "true" : "false")}} },
              "strategies": [ { "class": "OneSide", "size": { "percentOfEquity": 40 }, "tag": "a" },
                { "class": "OneSide", "size": { "percentOfEquity": 30 }, "tag": "b" },
                { "class": "OneSide", "params": { "side": -1 }, "size": { "percentOfEquity": 10 }, "tag": "c" } ],
              "portfolio": { "weights": "equal" } }
            """), _folder);
        var run = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, $"run-{splitFactor}-{adjust}"), Validation = false }, null,
            TestContext.Current.CancellationToken);
        foreach (var strategy in run.Model.Strategies) strategy.Stats!.TotalReturn.ShouldBe(0, 1e-12, strategy.Id);
        run.Model.Portfolio!.TotalReturn.ShouldBe(0, 1e-12);
        var benchmark = run.Model.Benchmark!;
        (benchmark.Values[^1] / benchmark.Values[0]).ShouldBe(1, 1e-12);
        run.Model.Portfolio[ExposureMetrics.Financing].ShouldBe(adjust ? 0 : 400, 1e-6, "2 on a net of 200 old shares");
    }
}
