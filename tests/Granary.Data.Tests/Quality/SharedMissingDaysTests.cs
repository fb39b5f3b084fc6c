using System.Globalization;
using System.Text;
using Granary.Data.Quality;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Quality;

/// <summary>Several symbols that are checked together tell a market closure from missing bars.</summary>
public sealed class SharedMissingDaysTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<QualityReport> CheckAsync(string symbol, params string[] missing)
    {
        var text = new StringBuilder("Date,Open,High,Low,Close,Volume\n");
        for (var day = new DateTime(2020, 1, 6); day < new DateTime(2020, 12, 31); day = day.AddDays(1))
        {
            var name = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || missing.Contains(name)) continue;
            var price = 100 + day.Day % 7;
            text.Append(CultureInfo.InvariantCulture, $"{name},{price},{price + 10},{price - 10},{price + 1},1000\n");
        }
        var path = _folder.Write(symbol + ".csv", text.ToString());
        return await DataCheck.FileAsync(path, new BarQuery(symbol, Timeframe.D1), null, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_gap_that_all_symbols_share_is_a_market_closure_and_one_of_a_single_symbol_is_not()
    {
        var a = await CheckAsync("A", "2020-06-09", "2020-06-10", "2020-06-11", "2020-09-16");
        var b = await CheckAsync("B", "2020-06-09", "2020-06-10", "2020-06-11");
        a.MissingDays.Count.ShouldBe(4);
        var finding = SharedMissingDays.Finding([a, b]).ShouldNotBeNull();
        finding.Sentence.ShouldBe("no symbol has bars on 2020-06-09, 2020-06-10, 2020-06-11: "
            + "a gap that all symbols share is a market closure, unless the source lost those days");
        finding.Severity.ShouldBe(Severity.Info);
        SharedMissingDays.Finding([a]).ShouldBeNull();
        SharedMissingDays.Finding([a, await CheckAsync("C")]).ShouldBeNull();
    }
}
