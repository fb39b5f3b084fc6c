using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>An operator closes a part of a trade, sets its stop and target, enters and reverses by hand.</summary>
public sealed class HandOrdersTests(HandOrdersTests.Backtest shared) : IClassFixture<HandOrdersTests.Backtest>, IDisposable
{
    private const string To = "2022-01-25";

    private readonly SessionUnderTest _under = new();
    private int _states;

    public void Dispose() => _under.Dispose();

    /// <summary>A session without commands, from which tests take their trades.</summary>
    public sealed class Backtest : IAsyncLifetime
    {
        private readonly SessionUnderTest _under = new();

        internal Production Production { get; private set; } = null!;

        internal SessionEnd Alone { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Production = new ProductionReader(TestCatalogues.All).Read(Path.Combine((await _under.BacktestAsync()).Folder, "prod.json"));
            Alone = await SessionUnderTest.TradeAsync(Production, Path.Combine(_under.Folder, "alone"), new PaperSettings(), To);
        }

        public ValueTask DisposeAsync()
        {
            _under.Dispose();
            return default;
        }
    }

    private string NewState() => Path.Combine(_under.Folder, $"state{++_states}");

    private Task<SessionEnd> TradeAsync(ScriptedControl script, string state, string to = To, Func<bool>? dies = null) =>
        SessionUnderTest.TradeAsync(shared.Production, state, new PaperSettings(), to,
            new SessionParts(BrokerOf: b => new WatchedBroker(b, script, dies)),
            new LiveOptions { Account = "test", Control = script });

    private static IReadOnlyList<JournalEvent> Journal(string state) =>
        [.. FileJournal.Peek(state, new JournalQuery()).Select(JournalCodec.Decode)];

    private static IssuedCommand Of(SessionCommand command, string trade = "", HandRequest? hand = null, string symbol = "") =>
        new(command, "Anna", "a test", "", symbol, trade) { Hand = hand };

    private static long After(AccountTrade trade, int bars) => trade.EntryTime + (bars + 1) * TimeSpan.TicksPerHour;

    // A trade of the session without commands that is open long enough.
    private AccountTrade TradeOf(string strategy, int bars, Func<AccountTrade, bool>? where = null) =>
        shared.Alone.Host.Ledger.Trades.Values.OrderBy(t => t.EntryTime).ThenBy(t => t.Order)
            .First(t => t.Strategy.StartsWith(strategy, StringComparison.Ordinal) && t.State == TradeState.Closed
                && t.ExitTime - t.EntryTime >= bars * TimeSpan.TicksPerHour && (where?.Invoke(t) ?? true));

    // What the account and the simulated portfolio differ by is what was ordered by hand.
    private static void DiffersByHandAlone(SessionEnd end)
    {
        var status = end.Host.Status;
        (status.AccountEquity - status.ModelEquity - status.ByHand).ShouldBe(0, 1e-6 * status.ModelEquity);
    }

    private static List<DivergenceRow> RowsOf(SessionEnd end, string state)
    {
        var reasons = new DivergenceReasons(end.Host, Timeframe.Parse("1h"));
        foreach (var e in Journal(state)) reasons.Take(e);
        return [.. AccountFiles.DivergenceRows(end.Host, end.Host.PortfolioTrades, reasons)];
    }

    [Fact]
    public async Task A_part_is_closed_once_and_the_strategy_closes_the_rest()
    {
        var trade = TradeOf("SmaCross", 8);
        var script = new ScriptedControl((After(trade, 2), Of(SessionCommand.Close, trade.Entry,
            new HandRequest { Quantity = trade.Quantity / 4 })));
        var state = NewState();
        var end = await TradeAsync(script, state);
        var control = Journal(state).OfType<SessionControlled>().Single();
        (control.Symbol, control.Strategy, control.Trade).ShouldBe((trade.Symbol, trade.Strategy, trade.Entry));
        var exits = Journal(state).OfType<OrderIntended>().Where(i => i.Order.Closes == trade.Entry).ToList();
        exits.Select(e => e.Reason).ShouldBe([ExitReason.Operator, ExitReason.Signal]);
        exits[0].Order.Quantity.ShouldBe(control.Order!.Quantity);
        exits.Sum(e => e.Order.Quantity).ShouldBe(trade.Quantity, 1e-9);
        end.Host.Ledger.TradeOf(trade.Entry)!.ExitTime.ShouldBe(trade.ExitTime);
        // The portfolio with simulated fills has closed the same part.
        DiffersByHandAlone(end);
        end.Host.Status.ByHand.ShouldBe(0);
    }

    [Fact]
    public async Task An_operators_stop_and_target_replace_the_strategys_whose_exits_by_signal_still_close_the_trade()
    {
        var stopped = TradeOf("VolatilityBreakout", 2, t => t.Why == "stop");
        var signalled = TradeOf("SmaCross", 8);
        var target = signalled.EntryPrice * (signalled.Side == Side.Buy ? 1.5 : 0.5);
        var script = new ScriptedControl(
            (After(stopped, 0), Of(SessionCommand.Protect, stopped.Entry, new HandRequest { Stop = 0, Target = 0 })),
            (After(signalled, 2), Of(SessionCommand.Protect, signalled.Entry, new HandRequest { Target = target })));
        var state = NewState();
        var end = await TradeAsync(script, state);
        script.Answers.ShouldAllBe(a => a.CommandFault == null);
        // Without its stop, the trade stays open when the strategy's own one was stopped.
        end.Host.Ledger.TradeOf(stopped.Entry)!.Open.ShouldBe(stopped.Quantity, 1e-9);
        end.Host.Ledger.TradeOf(signalled.Entry)!.ExitTime.ShouldBe(signalled.ExitTime);
        end.Host.Status.ByHand.ShouldNotBe(0);
        DiffersByHandAlone(end);
        var row = end.Host.Status.Account.Trades.Single(t => t.Entry == stopped.Entry);
        (row.Stop, row.Target).ShouldBe((null, null));
        RowsOf(end, state).Single(r => r.Own?.Entry == stopped.Entry).ExitCause.ShouldBe("operator");
    }

    [Fact]
    public async Task A_moved_stop_fills_at_its_price()
    {
        var trade = TradeOf("SmaCross", 12, t => t.Side == Side.Buy && t.ExitPrice < t.EntryPrice * 0.995);
        var stop = Math.Round(trade.EntryPrice * 0.997, 2);
        var script = new ScriptedControl((After(trade, 0), Of(SessionCommand.Protect, trade.Entry, new HandRequest { Stop = stop })));
        var end = await TradeAsync(script, NewState());
        script.Answers.ShouldAllBe(a => a.CommandFault == null);
        var own = end.Host.Ledger.TradeOf(trade.Entry)!;
        own.Why.ShouldBe("stop");
        own.ExitTime.ShouldBeLessThan(trade.ExitTime);
        own.ExitPrice.ShouldBeLessThanOrEqualTo(stop);
        DiffersByHandAlone(end);
    }

    private static readonly long s_start = new DateTime(2022, 1, 10, 12, 0, 0).Ticks;

    [Fact]
    public async Task Entries_by_hand_are_sized_by_the_keys_of_a_batch_and_managed_by_no_strategy()
    {
        var (market, limit, close) = (s_start, s_start + 5 * TimeSpan.TicksPerHour, s_start + 48 * TimeSpan.TicksPerHour);
        var tag = shared.Alone.Host.Ledger.Trades.Values.First().Entry.Split('-')[0];
        // The second entry waits at the venue; a close cancels it.
        var script = new ScriptedControl(
            (market, Of(SessionCommand.Enter, symbol: "ACME",
                hand: new HandRequest { Side = Side.Buy, Size = SizeRule.PercentOfEquity(5) })),
            (limit, Of(SessionCommand.Enter, symbol: "COINUSDT",
                hand: new HandRequest { Side = Side.Buy, Price = 1, Size = SizeRule.Units(3) })),
            (close, Of(SessionCommand.Close, $"{tag}-h-2-e")));
        var state = NewState();
        var end = await TradeAsync(script, state);
        script.Answers.ShouldAllBe(a => a.CommandFault == null);
        var ledger = end.Host.Ledger;
        var trade = ledger.TradeOf($"{tag}-h-1-e")!;
        trade.Strategy.ShouldBe("operator");
        trade.Open.ShouldBe(trade.Quantity);
        (trade.Quantity * trade.EntryPrice / 100_000).ShouldBe(0.05, 0.005);
        ledger.Find($"{tag}-h-2-e")!.Ended.ShouldBe(OrderState.Cancelled);
        var row = end.Host.Status.Account.Trades.Single(t => t.Entry == trade.Entry);
        row.ByHand.ShouldBeTrue();
        DiffersByHandAlone(end);
        var only = RowsOf(end, state).Single(r => r.Own?.Entry == trade.Entry);
        (only.Cause, only.Why).ShouldBe(("operator", "entered by hand"));
    }

    [Fact]
    public async Task A_reversal_closes_the_trade_and_enters_the_other_side_with_its_quantity()
    {
        var trade = TradeOf("SmaCross", 8);
        var script = new ScriptedControl((After(trade, 2), Of(SessionCommand.Reverse, trade.Entry)));
        var state = NewState();
        var end = await TradeAsync(script, state);
        script.Answers.ShouldAllBe(a => a.CommandFault == null);
        var control = Journal(state).OfType<SessionControlled>().Single();
        var own = end.Host.Ledger.TradeOf(trade.Entry)!;
        (own.State, own.Why).ShouldBe((TradeState.Closed, "operator"));
        var other = end.Host.Ledger.TradeOf(control.Order!.Id)!;
        ((int)other.Side, other.Quantity).ShouldBe((-(int)trade.Side, trade.Quantity));
        DiffersByHandAlone(end);
    }

    [Fact]
    public async Task A_limit_refuses_an_entry_by_hand_with_the_sentence_that_a_strategy_gets_and_a_preview_orders_nothing()
    {
        var large = new HandRequest { Side = Side.Buy, Size = SizeRule.PercentOfEquity(90) };
        var script = new ScriptedControl(
            (s_start, Of(SessionCommand.Enter, symbol: "ACME", hand: large)),
            (s_start + 2 * TimeSpan.TicksPerHour, Of(SessionCommand.Enter, symbol: "ACME", hand: large with { Preview = true })),
            (s_start + 4 * TimeSpan.TicksPerHour, Of(SessionCommand.Enter, symbol: "ACME",
                hand: large with { Size = SizeRule.Units(1), Stop = 1e9 })),
            (s_start + 6 * TimeSpan.TicksPerHour, Of(SessionCommand.Enter, symbol: "NONE", hand: large)),
            (s_start + 8 * TimeSpan.TicksPerHour, Of(SessionCommand.Enter, symbol: "ACME",
                hand: new HandRequest { Side = Side.Buy, Size = SizeRule.Units(2), Price = 1e6, Stop = 1, Preview = true })),
            (s_start + 10 * TimeSpan.TicksPerHour, Of(SessionCommand.Enter, symbol: "ACME",
                hand: new HandRequest { Side = Side.Buy, Size = SizeRule.Units(2), Price = 1, Preview = true })));
        var state = NewState();
        var end = await TradeAsync(script, state);
        var sentence = PortfolioRuleDefinition.BuiltIn.Single(r => r.Refusal.Word == "max-gross").Refusal.Sentence;
        var asked = script.Answers.Where(a => a.CommandFault is not null || a.Preview is not null).ToList();
        asked[0].CommandFault.ShouldBe(sentence);
        var preview = asked[1].Preview!;
        (preview.Refusal, preview.Symbol, preview.Side).ShouldBe((sentence, "ACME", Side.Buy));
        preview.GrossPercent.ShouldBeGreaterThan(60);
        preview.Cost.ShouldBeGreaterThan(0);
        asked[2].CommandFault!.ShouldContain("of a long trade must be below the last close");
        asked[3].CommandFault!.ShouldContain("does not trade the symbol NONE");
        // A limit far above the market is filled by the market, and one far below waits at its price.
        asked[4].Preview!.Price.ShouldBeLessThan(1_000);
        asked[4].Preview!.Risk!.Value.ShouldBe(2 * (asked[4].Preview!.Price - 1), 1e-9);
        asked[5].Preview!.Price.ShouldBe(1);
        Journal(state).OfType<SessionControlled>().ShouldBeEmpty();
        end.Digest.ShouldBe(shared.Alone.Digest);
        end.Account().ShouldBe(shared.Alone.Account());
    }

    private ScriptedControl Orders()
    {
        var (part, kept, turned) = (TradeOf("SmaCross", 8), TradeOf("VolatilityBreakout", 2, t => t.Why == "stop"),
            TradeOf("DonchianBreakout", 4));
        return new ScriptedControl(
            (After(part, 2), Of(SessionCommand.Close, part.Entry, new HandRequest { Quantity = part.Quantity / 3 })),
            (After(kept, 0), Of(SessionCommand.Protect, kept.Entry, new HandRequest { Stop = 0, Target = 0 })),
            (After(turned, 2), Of(SessionCommand.Reverse, turned.Entry)),
            (s_start, Of(SessionCommand.Enter, symbol: "COINUSDT",
                hand: new HandRequest { Side = Side.Sell, Size = SizeRule.Cash(2_000) })));
    }

    [Fact]
    public async Task A_session_that_dies_between_command_and_fill_ends_with_the_same_account()
    {
        var undisturbed = await TradeAsync(Orders(), NewState());
        undisturbed.Host.Status.ByHand.ShouldNotBe(0);
        var random = new Random(77);
        for (var death = 0; death < TestEffort.Of(4, 60); death++)
        {
            var (script, state) = (Orders(), NewState());
            // The calls after which of the commands was written.
            var (command, calls) = (random.Next(4), random.Next(14));
            var seen = -1;
            bool Dies()
            {
                if (seen < 0 && script.Taken > command) seen = 0;
                return seen >= 0 && seen++ == calls;
            }
            await Should.ThrowAsync<WatchedBroker.DiedException>(() => TradeAsync(script, state, dies: Dies));
            script.Again();
            var end = await TradeAsync(script, state);
            end.Account().ShouldBe(undisturbed.Account(), $"command {command}, call {calls}");
            end.Digest.ShouldBe(undisturbed.Digest, $"command {command}, call {calls}");
        }
    }

    [Fact]
    public async Task A_session_in_two_parts_has_the_account_of_one_in_a_whole()
    {
        var whole = await TradeAsync(Orders(), NewState());
        var (script, state) = (Orders(), NewState());
        await TradeAsync(script, state, "2022-01-12");
        script.Again();
        var end = await TradeAsync(script, state);
        end.Account().ShouldBe(whole.Account());
        end.Host.Status.ByHand.ShouldBe(whole.Host.Status.ByHand, 1e-9);
    }
}
