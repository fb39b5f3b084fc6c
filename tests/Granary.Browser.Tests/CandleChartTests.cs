using System.Text.Json;
using Granary.Engine.Trading;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Tests.Synthetic;

namespace Granary.Browser.Tests;

/// <summary>What the page's script reads out of the packed chart data, beside what was packed.</summary>
public class CandleChartTests(Browser browser, PageFiles pages)
{
    [Fact]
    public async Task The_chart_has_every_strategy_with_every_trade_to_the_cent_and_its_equity()
    {
        var run = SyntheticRun.Make(strategies: 60, trades: 1200);
        var path = pages.File("candles", w => HtmlReport.Write(w, run.Model, run));
        await using var open = await browser.OpenAsync(path);
        using var data = JsonDocument.Parse(await open.Page.EvaluateAsync<string>("granaryExplore.read().then(d => JSON.stringify(d))"));
        var strategies = data.RootElement.GetProperty("strategies").EnumerateArray().ToDictionary(s => s.GetProperty("id").GetString()!);
        strategies.Count.ShouldBe(run.Model.Strategies.Count(s => s.Stats is not null));
        foreach (var strategy in run.Model.Strategies.Where(s => s.Stats is not null))
        {
            var shown = strategies[strategy.Id].GetProperty("trades").EnumerateArray().ToArray();
            var made = run.Trades(strategy.Index).ToArray();
            shown.Length.ShouldBe(made.Length, strategy.Id);
            for (var i = 0; i < made.Length; i++) Same(shown[i], made[i]);
        }
        var bars = run.Bars(run.Model.Strategies[0].Symbol, "1d", 100_000);
        var market = data.RootElement.GetProperty("markets").EnumerateArray()
            .First(m => m.GetProperty("s").GetString() == run.Model.Strategies[0].Symbol);
        market.GetProperty("c").EnumerateArray().Select(c => c.GetDouble()).Last().ShouldBe(bars[^1].Close, 1e-6 * bars[^1].Close);
        open.Complaints.ShouldBeEmpty();
    }

    private static void Same(JsonElement shown, Trade made)
    {
        static double Minute(long time) => (time - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMinute;
        shown[0].GetDouble().ShouldBe(Minute(made.EntryTime));
        shown[1].GetDouble().ShouldBe(Minute(made.ExitTime));
        shown[2].GetInt32().ShouldBe((int)made.Side);
        shown[3].GetDouble().ShouldBe(made.EntryPrice, 1e-5 * made.EntryPrice);
        shown[4].GetDouble().ShouldBe(made.ExitPrice, 1e-5 * made.ExitPrice);
        shown[5].GetDouble().ShouldBe(made.NetProfit, 0.00501);
        shown[6].GetBoolean().ShouldBe(made.Reason == ExitReason.Open);
    }
}
