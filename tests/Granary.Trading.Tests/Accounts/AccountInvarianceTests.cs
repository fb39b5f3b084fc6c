using System.Globalization;
using System.Text;
using Granary.Engine;
using Granary.Testing;

namespace Granary.Trading.Tests.Accounts;

/// <summary>
/// A batch drawn from all capabilities of an account has, with weight 1 and without limits, the same trades, fees, financing and equity in the
/// strategy's own book, in the portfolio and on paper.
/// </summary>
public sealed class AccountInvarianceTests(ITestOutputHelper output) : IDisposable
{
    private readonly AccountHosts _hosts = new();

    public void Dispose() => _hosts.Dispose();

    private static string? Asked(string variable) => Environment.GetEnvironmentVariable(variable);

    [Fact]
    public async Task Probe()
    {
        var first = int.Parse(Asked("GRANARY_ACCOUNTS_FROM") ?? "1", CultureInfo.InvariantCulture);
        var count = int.Parse(Asked("GRANARY_ACCOUNTS_COUNT") ?? "50", CultureInfo.InvariantCulture);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var text = new StringBuilder();
        Dictionary<string, int> kinds = [];
        for (var seed = first; seed < first + count; seed++)
        {
            var drawn = DrawnBatches.Of(seed);
            var names = string.Join(", ", drawn.Capabilities.Select(c => c.Name));
            try
            {
                var own = await _hosts.OwnBooksAsync(drawn);
                var exact = !drawn.Has(DrawnBatch.MoreStrategies);
                var portfolio = AccountComparison.Differences(await _hosts.PortfolioAsync(drawn), own, exact);
                var paper = AccountComparison.Differences(await _hosts.PaperAsync(drawn), own, exact);
                text.AppendLine(CultureInfo.InvariantCulture, $"{seed}: {own.Trades.Count} trades; portfolio {portfolio.FirstOrDefault()}; paper {paper.FirstOrDefault()} [{names}]");
                foreach (var k in (string[])["portfolio " + portfolio.FirstOrDefault()?.Name, "paper " + paper.FirstOrDefault()?.Name])
                    kinds[k] = kinds.GetValueOrDefault(k) + 1;
            }
            catch (Exception e)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{seed}: {(e is InputException ? e.Message : e.ToString())} [{names}]");
                kinds[e.GetType().Name] = kinds.GetValueOrDefault(e.GetType().Name) + 1;
            }
        }
        text.AppendLine(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds:F1} s, cpu {System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:F1}");
        foreach (var (k, n) in kinds.OrderByDescending(k => k.Value)) text.AppendLine(CultureInfo.InvariantCulture, $"{n,5} {k}");
        output.WriteLine(text.ToString());
        File.WriteAllText("/tmp/hc-probe.txt", text.ToString());
    }
}
