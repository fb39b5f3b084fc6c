using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>The risk-free rate of a batch as a file of dates and rates.</summary>
public sealed class RiskFreeSeriesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-riskfree-").FullName;

    public RiskFreeSeriesTests()
    {
        var lines = new List<string> { "time,open,high,low,close,volume" };
        for (var (i, day) = (0, new DateTime(2024, 1, 1)); i < 90; i++, day = day.AddDays(1))
        {
            var price = 100 + 15 * Math.Sin(i / 9.0);
            lines.Add(FormattableString.Invariant($"{day:yyyy-MM-dd},{price:F2},{price + 1:F2},{price - 1:F2},{price:F2},1000"));
        }
        File.WriteAllLines(Path.Combine(_folder, "COIN.csv"), lines);
        File.WriteAllLines(Path.Combine(_folder, "rates.txt"), ["date,rate", "2024-01-10,5.25", "2024-02-01,4"]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private BatchSpec Spec(string account) => new BatchReader(TestCatalogues.All).Read("rates.json", Encoding.UTF8.GetBytes($$"""
        { "name": "rates", "data": { "source": "csv:{{_folder}}", "symbols": ["COIN"], "timeframe": "1d" }, "account": { {{account}} },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 3, "slow": 9 } } ], "portfolio": { "weights": "equal" } }
        """), _folder);

    private async Task<BatchRun> RunAsync(string name, string account) => await new BatchRunner(new EmbeddedHost(1), TimeProvider.System)
        .RunAsync(Spec(account), new BatchOptions { Out = Path.Combine(_folder, name), Validation = false });

    [Fact]
    public async Task The_report_has_the_figures_above_the_series_and_the_result_is_the_same()
    {
        var with = await RunAsync("with", "\"riskFree\": \"rates.txt\"");
        var without = await RunAsync("without", "");
        with.Model.Digest.ShouldBe(without.Model.Digest);
        (with.Model.RiskFree.At(new DateTime(2024, 1, 9).Ticks), with.Model.RiskFree.At(new DateTime(2024, 1, 10).Ticks),
            with.Model.RiskFree.At(new DateTime(2025, 1, 1).Ticks)).ShouldBe((0, 0.0525, 0.04));
        var page = File.ReadAllText(Path.Combine(with.Folder, "report.html"));
        page.ShouldContain("Sharpe ratio above the risk-free rate");
        page.ShouldContain("Sortino ratio above the risk-free rate");
        page.ShouldContain("a year on average counts in the rows that name it");
        // A deployed configuration reads the same file.
        var prod = Path.Combine(with.Folder, "prod.json");
        ((string?)JsonNode.Parse(File.ReadAllText(prod))!["account"]!["riskFree"]).ShouldNotBeNull();
        new ProductionReader(TestCatalogues.All).Read(prod).Spec.RiskFree.At(new DateTime(2024, 1, 10).Ticks).ShouldBe(0.0525);
    }

    [Theory]
    [InlineData("\"riskFree\": \"none.txt\"", "", "account.riskFree: ", "there is no such file")]
    [InlineData("\"riskFree\": \"bad.txt\"", "date,yield\n2024-01-10,5", "none of the columns yield is called rate",
        "name the column of the rates")]
    [InlineData("\"riskFree\": \"bad.txt\"", "date,rate\n2024-01-10,5%", "line 2", "rate")]
    [InlineData("\"riskFree\": \"bad.txt\"", "date,rate\n2024-01-10,5\n2024-01-09,5", "line 3", "")]
    [InlineData("\"riskFree\": \"bad.txt\"", "date,rate\n2024-01-10,5000", "5000 is out of range", "give it in percent per year")]
    [InlineData("\"riskFree\": \"rates.txt\", \"riskFreePercent\": 2", "",
        "account.riskFreePercent: 'riskFree' is a series of this rate", "leave one")]
    public void A_wrong_file_is_one_sentence(string account, string file, string sentence, string more)
    {
        File.WriteAllText(Path.Combine(_folder, "bad.txt"), file);
        var message = Should.Throw<InputException>(() => Spec(account)).Message;
        message.ShouldContain(sentence);
        message.ShouldContain(more);
        message.Split('\n').Length.ShouldBe(1);
    }
}
