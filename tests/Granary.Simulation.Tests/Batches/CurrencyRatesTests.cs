using System.Text;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Testing;

namespace Granary.Simulation.Tests.Batches;

/// <summary>The exchange rates of a batch, and those that a session reads again.</summary>
public sealed class CurrencyRatesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-rates-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(params double[] closes)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "rates"));
        File.WriteAllLines(Path.Combine(_folder, "rates", "EURUSD.csv"), ["date,open,high,low,close,volume", .. closes.Select((c, i) =>
            FormattableString.Invariant($"2024-01-0{i + 1},{c},{c},{c},{c},1"))]);
    }

    [Fact]
    public async Task Rates_from_a_time_on_are_read_again_and_all_rates_once()
    {
        Write(1, 2, 3);
        var spec = new BatchReader(TestCatalogues.All).Read("rates.json", Encoding.UTF8.GetBytes("""
            { "name": "rates", "data": { "source": "csv:bars", "symbols": ["A"], "timeframe": "1d", "fx": "csv:rates" },
              "account": { "currency": "EUR" }, "strategies": [ { "class": "BuyAndHold" } ] }
            """), _folder);
        var rates = new CurrencyRates(spec.Data, TestCatalogues.All);
        var token = TestContext.Current.CancellationToken;
        (await rates.ReadAsync("EURUSD", cancellationToken: token)).Rates.ToArray().ShouldBe([1, 2, 3]);
        Write(1, 2, 3, 4);
        var third = new DateTime(2024, 1, 3).Ticks;
        (await rates.ReadAsync("EURUSD", third, token)).Rates.ToArray().ShouldBe([3, 4]);
        (await rates.ReadAsync("EURUSD", cancellationToken: token)).Rates.ToArray().ShouldBe([1, 2, 3], "a batch has one series");
    }
}
