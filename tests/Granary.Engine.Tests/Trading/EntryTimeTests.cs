using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>One entry per period, and entries that expire.</summary>
public sealed class EntryTimeTests
{
    private static readonly DateTime Noon = new(2024, 3, 4, 12, 0, 0, DateTimeKind.Utc);

    private static TradingSettings Settings(Timeframe? every = null, TimeSpan valid = default) =>
        new() { Cash = 10_000, Size = SizeRule.Units(1), EntryEvery = every, SignalValid = valid };

    private static void InAndOut(StrategyContext bar)
    {
        if (bar.InMarket) bar.Exit();
        else bar.Enter(Side.Buy);
    }

    [Fact]
    public void A_strategy_enters_once_per_period_of_its_signals_bars()
    {
        var s = new Scenario { Settings = Settings(Timeframe.H4), Timeframe = Timeframe.H1, Start = Noon.AddHours(-4) };
        for (var i = 0; i < 14; i++) s.Bar(100, 101, 99, 100, InAndOut);
        s.Run();
        // Bars open at 8:00 and every hour after: periods begin at 8, 12, 16 and 20 o'clock.
        s.Signals.Select(g => new DateTime(g.Time, DateTimeKind.Utc).Hour).ShouldBe([8, 12, 16, 20]);
    }

    [Fact]
    public void Without_a_period_it_enters_as_often_as_it_wants()
    {
        var s = new Scenario { Settings = Settings(), Timeframe = Timeframe.H1, Start = Noon.AddHours(-4) };
        for (var i = 0; i < 14; i++) s.Bar(100, 101, 99, 100, InAndOut);
        s.Run();
        s.Signals.Count.ShouldBe(7);
    }

    [Fact]
    public void A_period_of_days_is_that_of_the_instruments_trading_days()
    {
        // A session of 18:00 to 17:00 in Chicago (UTC−6 in March before the 10th): the evening belongs to the next trading day.
        var night = SessionCalendar.Daily("night", "America/Chicago", TimeSpan.FromHours(18), TimeSpan.FromHours(17));
        var s = new Scenario
        {
            Settings = Settings(Timeframe.D1),
            Timeframe = Timeframe.H1,
            Start = new(2024, 3, 4, 20, 0, 0, DateTimeKind.Utc),
            Instrument = new Instrument { Symbol = "TEST", Calendar = night },
        };
        for (var i = 0; i < 8; i++) s.Bar(100, 101, 99, 100, InAndOut);
        s.Run();
        // 20:00 UTC is the afternoon of 4 March in Chicago; 00:00 UTC is 18:00 there, where the session of 5 March opens.
        s.Signals.Select(g => new DateTime(g.Time, DateTimeKind.Utc)).ShouldBe([
            new(2024, 3, 4, 20, 0, 0, DateTimeKind.Utc), new(2024, 3, 5, 0, 0, 0, DateTimeKind.Utc)]);
    }

    [Fact]
    public void An_entry_that_expires_unfilled_has_used_its_period()
    {
        var s = new Scenario { Settings = Settings(Timeframe.D1), Timeframe = Timeframe.H1, Start = Noon };
        s.Bar(100, 101, 99, 100, b => b.Enter(Side.Buy, new EntryOptions { Type = OrderType.Limit, LimitPrice = 50 }))
            .Bar(100, 101, 99, 100, b => b.CancelEntries(Side.Buy))
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy))
            .Bar(100, 101, 99, 100);
        s.Run();
        s.Signals.Count.ShouldBe(1);
        s.Trades.ShouldBeEmpty();
    }

    [Fact]
    public void An_entry_fills_in_a_bar_that_opens_while_its_signal_is_valid()
    {
        var limit = new EntryOptions { Type = OrderType.Limit, LimitPrice = 95 };
        foreach (var (minutes, isFilled) in new[] { (119, false), (120, true) })
        {
            var s = new Scenario
            {
                Settings = Settings(valid: TimeSpan.FromMinutes(minutes)),
                Timeframe = Timeframe.H1,
                Start = Noon,
            };
            // The signal's bar closes at 13:00; the bar that touches the limit opens at 15:00.
            s.Bar(100, 101, 99, 100, b => b.Enter(Side.Buy, limit)).Bar(100, 101, 99, 100).Bar(100, 101, 99, 100)
                .Bar(100, 101, 90, 100).Bar(100, 101, 99, 100);
            s.Run();
            s.Trades.Count.ShouldBe(isFilled ? 1 : 0, $"{minutes} minutes");
            if (!isFilled) s.Ended.Single().End.ShouldBe(SignalEnd.Expired);
        }
    }

    [Fact]
    public void A_market_order_over_a_break_in_trading_expires()
    {
        var s = new Scenario { Settings = Settings(valid: TimeSpan.FromMinutes(30)), Timeframe = Timeframe.H1 };
        s.BarAt(Noon, 100, b => b.Enter(Side.Buy)).BarAt(Noon.AddHours(9), 100).BarAt(Noon.AddHours(10), 100);
        s.Run();
        s.Trades.ShouldBeEmpty();
        s.Ended.Single().End.ShouldBe(SignalEnd.Expired);
    }

    [Fact]
    public void A_day_order_expires_with_its_day_or_with_its_signal_whichever_is_first()
    {
        foreach (var (valid, expired) in new[] { (TimeSpan.FromHours(3), 16), (TimeSpan.FromDays(2), 24) })
        {
            var s = new Scenario
            {
                Settings = Settings(valid: valid),
                Timeframe = Timeframe.H1,
                Start = Noon,
                Execution = new() { EntryTimeInForce = TimeInForce.Day },
            };
            s.Bar(100, 101, 99, 100, b => b.Enter(Side.Buy, new EntryOptions { Type = OrderType.Limit, LimitPrice = 50 }));
            for (var i = 0; i < 15; i++) s.Bar(100, 101, 99, 100);
            s.Run();
            var end = s.Ended.Single();
            end.End.ShouldBe(SignalEnd.Expired);
            // At the first bar that opens after the last one on which it could trade.
            (new DateTime(end.Time, DateTimeKind.Utc) - Noon.Date).TotalHours.ShouldBe(expired + (expired == 16 ? 1 : 0));
        }
    }
}
