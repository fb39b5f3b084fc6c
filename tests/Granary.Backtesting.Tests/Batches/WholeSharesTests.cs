using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>An instrument that the batch declares a stock trades whole shares.</summary>
public sealed class WholeSharesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-shares-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<BatchRun> RunAsync(string name, string instruments)
    {
        var lines = new List<string> { "time,open,high,low,close,volume" };
        for (var (i, day) = (0, new DateTime(2024, 1, 1)); i < 120; day = day.AddDays(1))
        {
            if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
            var price = 100 + 15 * Math.Sin(i++ / 9.0);
            lines.Add(FormattableString.Invariant($"{day:yyyy-MM-dd},{price:F2},{price + 1:F2},{price - 1:F2},{price:F2},1000"));
        }
        File.WriteAllLines(Path.Combine(_folder, "STOCK.csv"), lines);
        var spec = new BatchReader(TestCatalogues.All).Read("shares.json", Encoding.UTF8.GetBytes($$"""
            { "name": "shares", "data": { "source": "csv:{{_folder}}", "symbols": ["STOCK"], "timeframe": "1d" {{instruments}} },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 3, "slow": 9 } } ], "portfolio": { "weights": "equal" } }
            """), _folder);
        return await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, name), Validation = false });
    }

    private static List<double> Quantities(BatchRun run, string file)
    {
        var rows = File.ReadLines(Path.Combine(run.Folder, file)).Select(l => l.Split(',')).ToList();
        // Ids have commas and are quoted: columns are counted from the end.
        var fromEnd = rows[0].Length - Array.IndexOf(rows[0], "quantity");
        return [.. rows.Skip(1).Select(r => double.Parse(r[^fromEnd], CultureInfo.InvariantCulture))];
    }

    [Theory]
    [InlineData("trades.csv")]
    [InlineData("portfolio_trades.csv")]
    public async Task A_stock_trades_whole_shares_in_its_strategys_account_and_in_the_portfolio(string file)
    {
        var whole = await RunAsync("whole", """, "instruments": { "STOCK": { "kind": "stock" } }""");
        Quantities(whole, file).ShouldNotBeEmpty();
        Quantities(whole, file).ShouldAllBe(q => q == Math.Floor(q));
        whole.Model.Notes.ShouldNotContain(n => n.Code == NoteCode.FractionalShares);
        var lots = await RunAsync("lots", """, "instruments": { "*": { "kind": "stock", "lot": 10 } }""");
        Quantities(lots, file).ShouldNotBeEmpty();
        Quantities(lots, file).ShouldAllBe(q => q % 10 == 0);
    }

    [Fact]
    public async Task Fractions_of_a_share_are_noted()
    {
        var run = await RunAsync("fractions", "");
        Quantities(run, "trades.csv").ShouldContain(q => q != Math.Floor(q));
        run.Model.Notes.Single(n => n.Code == NoteCode.FractionalShares).Sentence.ShouldContain("STOCK");
    }
}
