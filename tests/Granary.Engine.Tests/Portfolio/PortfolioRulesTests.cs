using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Portfolio;

public sealed class PortfolioRulesTests
{
    private static readonly long Start = new DateTime(2026, 1, 5).Ticks;

    // Two strategies on A, one on B, one on C; all with weight 1 unless said.
    private static PortfolioHost Host(PortfolioLimits? limits = null, PortfolioSizing? sizing = null, EnablementRule? enable = null,
        double weight = 1)
    {
        var host = new PortfolioHost(new PortfolioRun(100_000, limits ?? new PortfolioLimits(),
            [.. "ABC".Select(c => new Instrument { Symbol = c.ToString() })],
            [Member("Sma(1)@A", 0), Member("Sma(2)@A", 0), Member("Rsi@B", 1), Member("Rsi@C", 2)], new ExecutionSettings(), sizing,
            enable));
        At(host, 0, 100, 100, 100);
        return host;

        PortfolioMember Member(string id, int market) => new(id, [market], weight) { Timeframe = Timeframe.M1 };
    }

    private static PortfolioRun Run(PortfolioLimits? limits = null, PortfolioSizing? sizing = null, EnablementRule? enable = null) =>
        Host(limits, sizing, enable).Run;

    private static void At(PortfolioHost host, double days, double a, double b, double c) =>
        host.Flat(Timeframe.M1, Start + (long)(days * TimeSpan.TicksPerDay), a, b, c);

    // The next minute, in which orders fill at these prices.
    private static void Next(PortfolioHost host, double a = 100, double b = 100, double c = 100) =>
        host.Flat(Timeframe.M1, host.Time + TimeSpan.TicksPerMinute, a, b, c);

    private static Signal Signal(int number, double quantity = 100, double price = 100, double stop = 0, Side side = Side.Buy,
        double days = 0) =>
        new(number, Start + (long)(days * TimeSpan.TicksPerDay), side, OrderType.Market, price, quantity, stop, 0, long.MaxValue);

    // A strategy's trade of 100 at 100 has ended.
    private static void Close(PortfolioRun run, int member, int number, double price) => run.OnTrade(member,
        new Trade(number, Side.Buy, 100,
        Start, Start, 100, Start, price, (price - 100) * 100, 0, 1, ExitReason.Signal, 0, 0));

    [Theory]
    [InlineData(PortfolioSizeKind.Units, 30, 15)] // 30 units × weight 0.5
    [InlineData(PortfolioSizeKind.Cash, 5000, 25)] // 5,000 / 100 × 0.5
    [InlineData(PortfolioSizeKind.PercentOfEquity, 10, 50)] // 10 % of 100,000 / 100 × 0.5
    [InlineData(PortfolioSizeKind.RiskPercent, 1, 100)] // 1 % of 100,000 = 1,000, over 5 to the stop, × 0.5
    public void The_portfolio_sizes_by_its_own_equity_times_the_weight(PortfolioSizeKind kind, double value, double units)
    {
        var host = Host(sizing: new PortfolioSizing(kind, value), weight: 0.5);
        host.Run.OnSignal(0, Signal(1, stop: 95)).ShouldBe(Decision.Accepted);
        Next(host);
        host.Fills.ShouldHaveSingleItem().Quantity.ShouldBe(units, 1e-9);
    }

    [Fact]
    public void A_decision_needs_no_bar() => new PortfolioRun(1_000, new PortfolioLimits(), [new Instrument { Symbol = "TEST" }],
        [new PortfolioMember("one", [0], 1)]).OnSignal(0, Signal(1, quantity: 1)).ShouldBe(Decision.Accepted);

    [Fact]
    public void Risk_sizing_needs_a_stop() =>
        Run(sizing: new PortfolioSizing(PortfolioSizeKind.RiskPercent, 1)).OnSignal(0, Signal(1)).ShouldBe(Decision.NoStop);

    [Fact]
    public void A_volatility_target_gives_a_calm_market_more_once_there_are_days_to_tell()
    {
        var host = Host(new PortfolioLimits { Days = 30 }, new PortfolioSizing(PortfolioSizeKind.VolatilityTarget, 10, Cap: 60));
        var run = host.Run;
        run.OnSignal(0, Signal(1)).ShouldBe(Decision.NotEnoughHistory);
        // A alternates by ±1 %, B by ±4 %.
        for (var day = 1; day <= 40; day++) At(host, day, day % 2 == 0 ? 100 : 101, day % 2 == 0 ? 100 : 104, 100);
        run.OnSignal(0, Signal(2, days: 40)).ShouldBe(Decision.Accepted);
        var a = run.Granted;
        run.OnSignal(2, Signal(1, days: 40)).ShouldBe(Decision.Accepted);
        var b = run.Granted;
        // By hand: returns ±ln 1.01, thirty of them, mean 0: deviation ln 1.01 · √(30/29); × √365 = 19.33 % a year; 10 % / 19.33 % of
        // 100,000 at 100.
        a.ShouldBe(0.10 / (Math.Log(1.01) * Math.Sqrt(30.0 / 29) * Math.Sqrt(365)) * 1000, 1e-6);
        (a / b).ShouldBe(Math.Log(1.04) / Math.Log(1.01), 1e-9);
    }

    [Fact]
    public void Half_Kelly_goes_by_the_strategys_own_trades_also_the_refused_ones_and_is_capped()
    {
        var host = Host(sizing: new PortfolioSizing(PortfolioSizeKind.Kelly, 0.5, Cap: 15, Trades: 20, MinTrades: 10));
        var run = host.Run;
        for (var n = 1; n <= 9; n++)
        {
            run.OnSignal(0, Signal(n)).ShouldBe(Decision.NotEnoughHistory);
            Close(run, 0, n, n % 2 == 0 ? 98 : 104);
        }
        run.OnSignal(0, Signal(10));
        Close(run, 0, 10, 98);
        // Five gains of 4 % and five losses of 2 %: W = 0.5, R = 2, Kelly 0.5 − 0.5/2 = 0.25; half of it 0.125 of the equity.
        run.OnSignal(0, Signal(11)).ShouldBe(Decision.Accepted);
        run.Granted.ShouldBe(125, 1e-9);
        Next(host);
        for (var n = 12; n < 32; n++) Close(run, 0, n, 110);
        run.OnSignal(0, Signal(40)).ShouldBe(Decision.Accepted);
        run.Granted.ShouldBe(150, 1e-9);
    }

    [Fact]
    public void Groups_share_a_limit_in_value_and_in_number()
    {
        var run = Run(PortfolioLimits.Of(ChosenRule.Of(() => new GroupLimits
        {
            Groups = new Dictionary<string, PortfolioGroup>
            {
                ["sector"] = new() { Symbols = ["A", "B"], MaxPercent = 25 },
                ["few"] = new() { Symbols = ["A", "C"], MaxPositions = 1 },
            }
        })));
        run.OnSignal(0, Signal(1)).ShouldBe(Decision.Accepted); // 10,000 of A
        run.OnSignal(2, Signal(1, quantity: 160)).ShouldBe(Decision.Of("max-group")); // 16,000 of B more
        run.OnSignal(2, Signal(2, quantity: 150)).ShouldBe(Decision.Accepted);
        run.OnSignal(3, Signal(1)).ShouldBe(Decision.Of("max-group")); // a second of A and C
        run.OnEntryEnded(0, 1);
        run.OnSignal(3, Signal(2)).ShouldBe(Decision.Accepted);
    }

    [Fact]
    public void Symbols_that_move_together_share_a_limit()
    {
        var host = Host(PortfolioLimits.Of(ChosenRule.Of(() => new CorrelatedLimit { MaxCorrelatedPercent = 15 })) with { Days = 30 });
        var run = host.Run;
        for (var day = 1; day <= 31; day++) At(host, day, day % 2 == 0 ? 100 : 102, day % 2 == 0 ? 100 : 105, day % 4 < 2 ? 100 : 102);
        At(host, 32, 100, 100, 100);
        run.OnSignal(0, Signal(1)).ShouldBe(Decision.Accepted);
        run.OnSignal(2, Signal(1)).ShouldBe(Decision.Of("max-correlated"));
        run.OnSignal(3, Signal(1)).ShouldBe(Decision.Accepted);
    }

    [Fact]
    public void A_day_on_which_exits_trade_more_than_the_turnover_limit_is_counted()
    {
        var host = Host(PortfolioLimits.Of(ChosenRule.Of(() => new TurnoverLimit { MaxTurnoverPercent = 15 })));
        var run = host.Run;
        run.OnSignal(0, Signal(1)).ShouldBe(Decision.Accepted);
        Next(host); // 10,000 of 100,000
        At(host, 1, 100, 100, 100);
        run.NotesOfLimits().ShouldBeEmpty();
        run.OnSignal(2, Signal(1)).ShouldBe(Decision.Accepted);
        host.Exit(0, 1);
        Next(host);
        At(host, 2, 100, 100, 100);
        run.NotesOfLimits().ShouldHaveSingleItem()
            .ShouldStartWith("limits.maxTurnoverPercent is 15, and 1 of 2 days with fills traded more, at most 20 % of the equity: ");
    }

    [Fact]
    public void Leverage_and_turnover_have_limits()
    {
        var host = Host(PortfolioLimits.Of(ChosenRule.Of(() => new LeverageLimit { MaxLeverage = 0.15 }),
            ChosenRule.Of(() => new TurnoverLimit { MaxTurnoverPercent = 35 })));
        var run = host.Run;
        run.OnSignal(0, Signal(1, quantity: 160)).ShouldBe(Decision.Of("max-leverage"));
        run.OnSignal(0, Signal(2)).ShouldBe(Decision.Accepted);
        Next(host);
        host.Exit(0, 2);
        Next(host); // 10,000 in, 10,000 out
        run.OnSignal(0, Signal(3, quantity: 150)).ShouldBe(Decision.Accepted);
        Next(host); // 35,000 in all
        run.OnSignal(2, Signal(1)).ShouldBe(Decision.Of("max-turnover"));
        At(host, 1, 100, 100, 100);
        host.Exit(0, 3);
        At(host, 1.1, 100, 100, 100);
        run.OnSignal(2, Signal(2)).ShouldBe(Decision.Accepted);
    }

    [Fact]
    public void After_a_drawdown_trading_resumes_by_recovery_or_by_days()
    {
        var host = Host(PortfolioLimits.Of(ChosenRule.Of(() =>
            new DrawdownLimit { MaxDrawdownPercent = 10, ResumeDrawdownPercent = 5, ResumeAfterDays = 20 })));
        var run = host.Run;
        run.OnSignal(0, Signal(1, quantity: 900));
        Next(host);
        At(host, 1, 88, 100, 100); // −10.8 %
        run.OnSignal(2, Signal(1, 1, days: 1)).ShouldBe(Decision.Of("max-drawdown"));
        At(host, 2, 93, 100, 100); // −6.3 %: not yet
        run.OnSignal(2, Signal(2, 1, days: 2)).ShouldBe(Decision.Of("max-drawdown"));
        At(host, 3, 95, 100, 100); // −4.5 %
        run.OnSignal(2, Signal(3, 1, days: 3)).ShouldBe(Decision.Accepted);
        At(host, 4, 88, 100, 100);
        At(host, 23, 88, 100, 100);
        run.OnSignal(2, Signal(4, 1, days: 23)).ShouldBe(Decision.Of("max-drawdown"));
        At(host, 24, 88, 100, 100);
        run.Drawdown.ShouldBe(0);
        run.OnSignal(2, Signal(5, 1, days: 24)).ShouldBe(Decision.Accepted);
    }

    [Fact]
    public void A_symbol_may_be_one_strategys_at_a_time()
    {
        var host = Host(PortfolioLimits.Of(ChosenRule.Of(() => new SymbolExclusivity { ExclusiveSymbols = true })));
        var run = host.Run;
        run.OnSignal(0, Signal(1)).ShouldBe(Decision.Accepted);
        run.OnSignal(1, Signal(1)).ShouldBe(Decision.Of("reserved"));
        Next(host);
        run.OnSignal(1, Signal(2)).ShouldBe(Decision.Of("reserved"));
        // It waits for its price.
        run.OnSignal(0, Signal(2, price: 50) with { Type = OrderType.Limit }).ShouldBe(Decision.Accepted);
        host.Exit(0, 1);
        Next(host);
        run.OpenTrades.ShouldBe(0);
        run.OnSignal(1, Signal(3)).ShouldBe(Decision.Of("reserved"));
        run.OnEntryEnded(0, 2);
        run.OnSignal(1, Signal(4)).ShouldBe(Decision.Accepted);
    }

    [Fact]
    public void A_symbol_may_be_reserved_by_name()
    {
        var run = Run(PortfolioLimits.Of(ChosenRule.Of(() => new SymbolReservations
        {
            Reserved = new Dictionary<string, IReadOnlyList<string>> { ["A"] = ["Sma(2)*"], ["B"] = ["Sma*"] }
        })));
        run.OnSignal(0, Signal(1)).ShouldBe(Decision.Of("reserved"));
        run.OnSignal(1, Signal(1)).ShouldBe(Decision.Accepted);
        run.OnSignal(2, Signal(1)).ShouldBe(Decision.Of("reserved"));
        run.OnSignal(3, Signal(1)).ShouldBe(Decision.Accepted);
    }

    [Fact]
    public void A_strategy_has_one_live_signal_for_a_period_symbol_and_side()
    {
        var run = Run();
        run.OnSignal(0, Signal(1)).ShouldBe(Decision.Accepted);
        run.OnSignal(0, Signal(2)).ShouldBe(Decision.SamePeriod);
        run.OnSignal(0, Signal(3, days: 1)).ShouldBe(Decision.Accepted);
        run.OnEntryEnded(0, 3);
        run.OnSignal(0, Signal(4, days: 1)).ShouldBe(Decision.Accepted);
    }

    [Fact]
    public void Orders_that_add_to_one_trade_are_several_signals_of_one_period()
    {
        var run = Run();
        run.OnSignal(0, Signal(2) with { AddsTo = 1 }).ShouldBe(Decision.Accepted);
        run.OnSignal(0, Signal(3) with { AddsTo = 1 }).ShouldBe(Decision.Accepted);
        run.OnSignal(0, Signal(4)).ShouldBe(Decision.Accepted);
        run.OnSignal(0, Signal(5)).ShouldBe(Decision.SamePeriod);
    }

    [Fact]
    public void A_strategy_that_loses_is_switched_off_the_next_day_and_on_again_when_it_gains()
    {
        var host = Host(enable: new EnablementRule { Trades = 4, MinTrades = 4, MinProfitFactor = 1 });
        var run = host.Run;
        for (var n = 1; n <= 4; n++) Close(run, 0, n, 99);
        run.OnSignal(0, Signal(5)).ShouldBe(Decision.Accepted); // the same day: not looked at yet
        run.OnEntryEnded(0, 5);
        At(host, 1, 100, 100, 100);
        run.OnSignal(0, Signal(6, days: 1)).ShouldBe(Decision.Disabled);
        run.OnSignal(1, Signal(1, days: 1)).ShouldBe(Decision.Accepted);
        for (var n = 7; n <= 9; n++) Close(run, 0, n, 102); // refused ones are played to their outcome
        At(host, 2, 100, 100, 100);
        run.OnSignal(0, Signal(10, days: 2)).ShouldBe(Decision.Accepted);
    }

    [Fact]
    public void A_symbol_is_switched_off_by_the_trades_of_all_its_strategies()
    {
        var host = Host(enable: new EnablementRule { By = EnablementScope.Symbol, Trades = 4, MinTrades = 4, MinWinRate = 0.5 });
        var run = host.Run;
        Close(run, 0, 1, 99);
        Close(run, 0, 2, 99);
        Close(run, 1, 1, 99);
        Close(run, 1, 2, 105);
        At(host, 1, 100, 100, 100);
        run.OnSignal(0, Signal(3, days: 1)).ShouldBe(Decision.Disabled);
        run.OnSignal(1, Signal(3, days: 1)).ShouldBe(Decision.Disabled);
        run.OnSignal(2, Signal(1, days: 1)).ShouldBe(Decision.Accepted);
    }

    [Fact]
    public void Prices_that_move_it_beyond_a_limit_are_followed_by_a_cut_at_the_bars_close()
    {
        var host = Host(PortfolioLimits.Of(ChosenRule.Of(() => new SymbolLimit { MaxSymbolPercent = 20 })) with
        {
            Enforce = LimitCheck.EveryBar,
        });
        var run = host.Run;
        run.OnSignal(0, Signal(1, quantity: 200)).ShouldBe(Decision.Accepted);
        Next(host);
        host.Fills.ShouldHaveSingleItem().Quantity.ShouldBe(200);
        At(host, 0.1, 150, 100, 100); // 30,000 of 110,000
        var (member, number, share) = host.Cuts.ShouldHaveSingleItem();
        (member, number, host.Closed.Count).ShouldBe((0, 1, 0));
        // Without fees the equity stays 110,000, of which 22,000 may stay: 146.67 units.
        share.ShouldBe(1 - 22_000 / 30_000.0, 1e-8);
        run.Exposure.ShouldBe(22_000, 1e-3);
        // The strategy's own exit closes the rest.
        host.Exit(0, 1);
        Next(host, 160);
        host.Closed.ShouldHaveSingleItem().Trade.Profit.ShouldBe(50 * 200 * share + 60 * 200 * (1 - share), 1e-3);
        run.OpenTrades.ShouldBe(0);
    }

    [Fact]
    public void A_fill_at_a_worse_price_is_cut_to_what_the_limits_leave()
    {
        var host = Host(PortfolioLimits.Of(ChosenRule.Of(() => new GrossLimit { MaxGrossPercent = 20 })) with
        {
            Enforce = LimitCheck.EveryBar,
        });
        host.Run.OnSignal(0, Signal(1, quantity: 200)).ShouldBe(Decision.Accepted);
        Next(host, 125);
        host.Fills.ShouldHaveSingleItem().Quantity.ShouldBe(160, 1e-9);
    }

    [Fact]
    public void The_first_rule_that_refuses_an_entry_determines_the_decision_in_one_order_for_every_batch()
    {
        PortfolioRuleDefinition.BuiltIn.Select(rule => rule.Name).ShouldBe(["restrictedSymbols", "maxDrawdownPercent", "dailyLossPercent",
            "maxPositions", "reserved", "exclusiveSymbols", "maxLeverage", "maxTurnoverPercent", "groups", "maxCorrelatedPercent",
            "maxSymbolPercent", "maxCurrencyPercent", "maxStrategyPercent", "maxGrossPercent", "maxNetPercent"]);
        // Each refuses the entry. Those that ask for no size are asked before those that bound its value.
        List<(string Refusal, ChosenRule Rule)> rules =
        [
            ("restricted-symbol", ChosenRule.Of(() => new SymbolRestriction { RestrictedSymbols = ["A"] })),
            ("max-drawdown", ChosenRule.Of(() => new DrawdownLimit { MaxDrawdownPercent = 0 })),
            ("daily-loss", ChosenRule.Of(() => new DailyLossLimit { DailyLossPercent = 0 })),
            ("max-positions", ChosenRule.Of(() => new PositionLimit { MaxPositions = 0 })),
            ("reserved", ChosenRule.Of(() => new SymbolReservations
                { Reserved = new Dictionary<string, IReadOnlyList<string>> { ["A"] = ["Rsi*"] } })),
            ("max-turnover", ChosenRule.Of(() => new TurnoverLimit { MaxTurnoverPercent = 0 })),
            ("max-group", ChosenRule.Of(() => new GroupLimits
                { Groups = new Dictionary<string, PortfolioGroup> { ["g"] = new() { Symbols = ["A"], MaxPositions = 0 } } })),
            ("max-leverage", ChosenRule.Of(() => new LeverageLimit { MaxLeverage = 0 })),
            ("max-correlated", ChosenRule.Of(() => new CorrelatedLimit { MaxCorrelatedPercent = 0 })),
            ("max-symbol", ChosenRule.Of(() => new SymbolLimit { MaxSymbolPercent = 0 })),
            ("max-strategy", ChosenRule.Of(() => new StrategyLimit { MaxStrategyPercent = 0 })),
            ("max-gross", ChosenRule.Of(() => new GrossLimit { MaxGrossPercent = 0 })),
            ("max-net", ChosenRule.Of(() => new NetLimit { MaxNetPercent = 0 })),
        ];
        for (; rules.Count > 0; rules.RemoveAt(0))
            Run(PortfolioLimits.Of([.. rules.Select(r => r.Rule).Reverse()])).OnSignal(0, Signal(1)).Word.ShouldBe(rules[0].Refusal);
    }

    [Fact]
    public void Rules_say_how_much_of_their_limits_an_account_uses()
    {
        var host = Host(PortfolioLimits.Of(ChosenRule.Of(() => new DrawdownLimit { MaxDrawdownPercent = 50 }),
            ChosenRule.Of(() => new DailyLossLimit { DailyLossPercent = 20 }), ChosenRule.Of(() => new PositionLimit { MaxPositions = 9 }),
            ChosenRule.Of(() => new LeverageLimit { MaxLeverage = 1.5 }),
            ChosenRule.Of(() => new TurnoverLimit { MaxTurnoverPercent = 90 }),
            ChosenRule.Of(() => new GroupLimits
            {
                Groups = new Dictionary<string, PortfolioGroup>
                {
                    ["ab"] = new() { Symbols = ["A", "B"], MaxPercent = 80, MaxPositions = 8 },
                    ["bc"] = new() { Symbols = ["B", "C"], MaxPercent = 70 },
                },
            }),
            ChosenRule.Of(() => new CorrelatedLimit { MaxCorrelatedPercent = 85 }),
            ChosenRule.Of(() => new SymbolLimit { MaxSymbolPercent = 60 }),
            ChosenRule.Of(() => new StrategyLimit { MaxStrategyPercent = 55 }),
            ChosenRule.Of(() => new GrossLimit { MaxGrossPercent = 95 }), ChosenRule.Of(() => new NetLimit { MaxNetPercent = 40 })));
        var run = host.Run;
        run.Uses(run.View).ShouldAllBe(u => u.Use.Used == 0 && u.Use.Allowed > 0);
        host.Enter(0, 1, Side.Buy, 100, 100);
        host.Enter(1, 1, Side.Buy, 20, 100);
        host.Enter(2, 1, Side.Sell, 50, 100);
        Next(host);
        host.Fills.Select(f => f.Quantity).ShouldBe([100, 20, 50]);
        At(host, 0.1, 110, 90, 100); // 100,000 + 120 × 10 + 50 × 10 = 101,700: the peak
        At(host, 0.2, 95, 100, 100); // 100,000 − 120 × 5 = 99,400
        // 120 of A at 95 are 11,400, 100 of them by the first strategy 9,500; 50 of B at 100 are 5,000, short.
        // All were bought and sold at 100: 17,000.
        (string, string, double, double, RuleUnit, string?)[] byHand =
        [
            ("maxDrawdownPercent", "Drawdown", 100 * (1 - 99_400 / 101_700.0), 50, RuleUnit.Percent, null),
            ("dailyLossPercent", "Loss of the day", 0.6, 20, RuleUnit.Percent, null),
            ("maxPositions", "Open trades", 3, 9, RuleUnit.Count, null),
            ("maxLeverage", "Leverage", 16_400 / 99_400.0, 1.5, RuleUnit.Multiple, null),
            ("maxTurnoverPercent", "Traded today", 17_000 / 994.0, 90, RuleUnit.Percent, null),
            ("groups", "One group", 16_400 / 994.0, 80, RuleUnit.Percent, "ab"),
            ("groups", "Open trades of one group", 3, 8, RuleUnit.Count, "ab"),
            ("groups", "One group", 5_000 / 994.0, 70, RuleUnit.Percent, "bc"),
            ("maxCorrelatedPercent", "Symbols that move together", 11_400 / 994.0, 85, RuleUnit.Percent, "A"),
            ("maxSymbolPercent", "One symbol", 11_400 / 994.0, 60, RuleUnit.Percent, "A"),
            ("maxStrategyPercent", "One strategy", 9_500 / 994.0, 55, RuleUnit.Percent, "Sma(1)@A"),
            ("maxGrossPercent", "All positions", 16_400 / 994.0, 95, RuleUnit.Percent, null),
            ("maxNetPercent", "Longs less shorts", 6_400 / 994.0, 40, RuleUnit.Percent, null),
        ];
        var uses = run.Uses(run.View).ToList();
        uses.Select(u => (u.Rule, u.Use.Title, u.Use.Allowed, u.Use.Unit, u.Use.About))
            .ShouldBe(byHand.Select(h => (h.Item1, h.Item2, h.Item4, h.Item5, h.Item6)));
        for (var i = 0; i < byHand.Length; i++) uses[i].Use.Used.ShouldBe(byHand[i].Item3, 1e-9, $"{byHand[i].Item1} {byHand[i].Item6}");
    }

    [Fact]
    public void The_use_of_the_limit_on_correlated_symbols_is_that_of_the_largest_group_that_moves_together()
    {
        var host = Host(PortfolioLimits.Of(ChosenRule.Of(() => new CorrelatedLimit { MaxCorrelatedPercent = 50 })) with { Days = 30 });
        var run = host.Run;
        // A and B rise and fall on the same days, C on others.
        for (var day = 1; day <= 31; day++) At(host, day, day % 2 == 0 ? 100 : 102, day % 2 == 0 ? 100 : 105, day % 4 < 2 ? 100 : 102);
        At(host, 32, 100, 100, 100);
        foreach (var (member, quantity) in new[] { (0, 100), (2, 70), (3, 150) })
            run.OnSignal(member, Signal(1, quantity)).ShouldBe(Decision.Accepted);
        Next(host);
        host.Fills.Count.ShouldBe(3);
        // 10,000 of A and 7,000 of B together; 15,000 of C alone.
        run.Uses(run.View).ShouldBe([("maxCorrelatedPercent", Decision.Of("max-correlated"),
            new RuleUse("Symbols that move together", 17, 50, RuleUnit.Percent, "A, B"))]);
    }

    [PortfolioRule("maxShortPercent", "Bounds the short positions.", Refusal = "max-short")]
    private sealed class ShortLimit : IPortfolioRule
    {
        public required double Percent { get; init; }

        public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio) => scope.Side == Side.Buy ? ValueBound.None
            : new(portfolio.ShortValue + (scope.CountsReserved ? portfolio.ReservedShorts : 0), Percent * portfolio.Equity / 100);
    }

    [PortfolioRule("first", "Refuses everything.", Order = 1)]
    private sealed class FirstRule : IPortfolioRule
    {
        public bool Admits(in EntryRequest entry, IPortfolioView portfolio) => false;
    }

    [Fact]
    public void A_rule_declares_its_place_and_the_word_title_and_sentence_of_its_refusals()
    {
        ChosenRule shorts = ChosenRule.Of(() => new ShortLimit { Percent = 10 }),
            gross = ChosenRule.Of(() => new GrossLimit { MaxGrossPercent = 30 });
        var run = Run(PortfolioLimits.Of(shorts, gross));
        var refused = run.OnSignal(0, Signal(1, 101, side: Side.Sell));
        (refused.Word, refused.Title, refused.Sentence).ShouldBe(("max-short", "max short", "Bounds the short positions."));
        run.OnSignal(2, Signal(1, 100, side: Side.Sell)).ShouldBe(Decision.Accepted);
        // Granary's own rules are asked before one that declares no place.
        run.OnSignal(3, Signal(1, 301, side: Side.Sell)).Word.ShouldBe("max-gross");
        Run(PortfolioLimits.Of(gross, ChosenRule.Of(() => new FirstRule()))).OnSignal(0, Signal(1, 301)).ShouldBe(Decision.Rule);
        // What a rule says is in the digest: two refusals of other words are two digests.
        var another = Run(PortfolioLimits.Of(gross));
        another.OnSignal(0, Signal(1, 301, side: Side.Sell));
        var third = Run(PortfolioLimits.Of(shorts));
        third.OnSignal(0, Signal(1, 301, side: Side.Sell));
        third.Digest.ShouldNotBe(another.Digest);
    }
}
