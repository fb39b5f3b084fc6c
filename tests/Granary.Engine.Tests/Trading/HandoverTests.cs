using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>A run that ends before its bars do, and an account that follows its fills.</summary>
public sealed class HandoverTests
{
    public static TheoryData<int> Seeds => RealismPropertyTests.Seeds;

    [Fact]
    public void A_handover_closes_what_is_open_at_the_next_open_and_cancels_what_waits()
    {
        var start = new DateTime(2024, 3, 4, 14, 30, 0, DateTimeKind.Utc);
        var s = new Scenario
        {
            Settings =
            new() { Cash = 10_000, Size = SizeRule.Units(10), MaxOpenTrades = 2, TradeUntil = start.AddMinutes(3).Ticks }
        }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy))
            .Bar(110, 111, 109, 110, b => b.Enter(Side.Buy, new EntryOptions { Type = OrderType.Limit, LimitPrice = 50 }))
            .Bar(120, 121, 119, 120, b => b.Enter(Side.Buy))
            .Bar(130, 131, 49, 50, b => b.Enter(Side.Buy))
            .Bar(60, 61, 59, 60);
        var result = s.Run();
        var trade = s.Trades.ShouldHaveSingleItem();
        (trade.EntryPrice, trade.ExitPrice, trade.Reason).ShouldBe((110, 130, ExitReason.Handover));
        // What the last bar before the handover asks for could not work any more, so that it is no signal.
        s.Signals.Count.ShouldBe(2);
        s.Ended.ShouldHaveSingleItem().End.ShouldBe(SignalEnd.Cancelled);
        result.Equity.Final.ShouldBe(10_200);
    }

    [Fact]
    public void A_split_on_the_day_of_the_handover_changes_the_quantity_that_is_closed()
    {
        var start = new DateTime(2024, 3, 4, 0, 0, 0, DateTimeKind.Utc);
        var s = new Scenario
        {
            Start = start,
            Timeframe = Timeframe.D1,
            Instrument = new() { Symbol = "TEST", CorporateActions = [new CorporateAction(start.AddDays(2).Ticks, 2, 0)] },
            Settings = new() { Cash = 10_000, Size = SizeRule.Units(10), TradeUntil = start.AddDays(2).Ticks },
        }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy))
            .Bar(100, 101, 99, 100)
            .Bar(50, 51, 49, 50)
            .Bar(40, 41, 39, 40);
        s.Run().Equity.Final.ShouldBe(10_000);
        s.Trades.ShouldHaveSingleItem().Quantity.ShouldBe(20);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Nothing_is_entered_after_a_handover_and_all_is_closed_at_the_first_open_that_can_fill_it(int seed)
    {
        var (series, bars, settings, execution) = RealismPropertyTests.Given(seed);
        var at = new Random(seed).Next(300, 900);
        var until = bars[at].Time - (seed % 2 == 0 ? 0 : series.Timeframe.Ticks / 2);
        var recorder = new TradeRecorder();
        var result = SingleRun.Of(new RandomTrader(seed, byHand: true), series, bars, settings with { TradeUntil = until }, execution,
            recorder, 64);
        recorder.Entries.ShouldAllBe(e => e.Time < until);
        recorder.Signals.ShouldAllBe(s => s.Time < until);
        if (execution.VolumeShare == 0)
            recorder.Trades.ShouldAllBe(t => t.Reason != ExitReason.Open
                && t.ExitTime <= bars[Math.Min(bars.Length - 1, at + execution.LatencyBars)].Time);
        (settings.Cash + recorder.Trades.Sum(t => t.NetProfit)).ShouldBe(result.Equity.Final, settings.Cash * 1e-8);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void An_account_that_follows_the_fills_of_a_run_has_its_cash_commission_and_equity(int seed)
    {
        var (series, bars, settings, execution) = RealismPropertyTests.Given(seed);
        var log = new EventLog();
        var writer = new RunEventWriter(0, log, withFactors: false);
        var result = SingleRun.Of(new RandomTrader(seed, byHand: seed % 2 == 0 && execution.Fee.IsProportional), series, bars, settings,
            execution, writer, 64);
        writer.End();
        var sides = log.Events.Where(e => e.Kind == RunEventKinds.Trade).Select(e => e.Trade).ToDictionary(t => t.Number, t => t.Side);
        var account = new AccountReplay(settings.Cash, [series.Instrument]);
        foreach (var e in log.Events)
            if (e.Kind is RunEventKinds.Fill or RunEventKinds.Financing or RunEventKinds.Split or RunEventKinds.Trade)
                account.Take(0, e, 0, sides.GetValueOrDefault(e.Number));
        account.Mark(0, bars[^1].Close);
        account.Revalue();
        account.Equity.ShouldBe(result.Equity.Final, settings.Cash * 1e-8);
        account.Commission.ShouldBe(result.Trades.Commission, 1e-6);
        account.Financing.ShouldBe(result.Trades.Financing, 1e-6);
        account.HoldsAnything.ShouldBe(log.Events.Any(e => e.IsEndOfRun && e.Kind == RunEventKinds.Trade));
    }

    private sealed class EventLog : IEventSink
    {
        public List<RunEvent> Events { get; } = [];

        public void Append(int strategy, int chunk, ReadOnlySpan<byte> events)
        {
            var reader = new RunEventReader(events);
            while (reader.Next(out var e)) Events.Add(e);
        }

        public void End(int strategy, in EventTally tally)
        {
        }
    }
}
