using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Random orders go through a strategy's account, the simulated exchange, a live ledger and a portfolio: all have the same
/// fills.</summary>
public sealed class SameFillsTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    private static Dictionary<string, MarginTiers> Steps => new()
    {
        [""] = new MarginTiers([new MarginTier(0, 0.004, 0, 0), new MarginTier(1_000, 0.005, 1, 0), new MarginTier(5_000, 0.006, 6, 0)]),
    };

    [Theory, MemberData(nameof(Seeds))]
    public void Strategy_exchange_ledger_and_portfolio_fill_the_same_orders_at_the_same_prices(int seed)
    {
        var random = new Random(seed * 104729);
        var feed = SampleBars.Random(seed, 900, Timeframe.M5, decimals: 2);
        var instrument = feed.Series.Instrument with
        {
            TickSize = random.Next(2) == 0 ? 0.01 : 0.05,
            Multiplier = random.Next(2) == 0 ? 1 : 5,
            CorporateActions = random.Next(2) == 0 ? [] : [new CorporateAction(new DateTime(2024, 3, 6).Ticks, 1, 0.4)],
            Funding = seed % 2 == 0 ? FundingSeries.None : RandomFunding.Over(feed.Bars, Timeframe.M5, seed),
        };
        var series = feed.Series with { Instrument = instrument };
        var settings = new TradingSettings
        {
            Cash = 1e9,
            Size = SizeRule.Units(10),
            MaxOpenTrades = 3,
            TrailFrom = (TrailFrom)random.Next(2),
        };
        settings = Protected(settings, random);
        var execution = new ExecutionSettings
        {
            Fee = new PercentFee(0.05 * random.NextDouble()),
            Slippage = random.Next(3) == 0 ? null : new PercentSlippage(0.05),
            Intrabar = (IntrabarRule)random.Next(2),
            ProtectFrom = (ProtectFrom)random.Next(2),
            BorrowFeeRate = random.Next(2) == 0 ? 0 : 0.5,
        };
        // A quarter of the runs has another fee for orders that rested in the book.
        if (seed % 4 == 0) execution = execution with { Fee = new FeeSchedule([new FeeTier(0, 0.05, 0.01)]) };
        // A third of the runs has positions that a move of about a hundredth liquidates.
        if (seed % 3 == 0)
            execution = execution with { Margin = MarginMode.Isolated, Leverage = 70, MarginTiers = Steps, LiquidationFeeRate = 0.0005 };
        var holders = FollowedOrders.Over(new Trader(seed), series, feed.Bars, settings, execution);

        holders.Sort();
        holders.Exchange.Count.ShouldBeGreaterThan(40);
        FirstDifference(holders.Exchange, holders.Strategy).ShouldBeNull();
        holders.Ledger.Cash.ShouldBe(holders.Venue.Cash, 1e-5);
        holders.Ledger.PositionOf(instrument.Symbol).ShouldBe(holders.Portfolio.OpenTrades == 0 ? 0 : holders.PortfolioQuantity, 1e-9);
        holders.Portfolio.Cash.ShouldBe(holders.Venue.Cash, 1e-4);
        holders.Portfolio.Commission.ShouldBe(holders.Ledger.Fees, 1e-6);
        holders.Portfolio.Financing.ShouldBe(holders.Ledger.Financing, 1e-6);
        holders.Portfolio.Funding.ShouldBe(holders.Ledger.Funding, 1e-6);
        if (seed % 2 == 1) holders.Ledger.Funding.ShouldNotBe(0);
        holders.Ledger.Trades.Values.Sum(t => t.Financing).ShouldBe(holders.Ledger.Financing, 1e-6);
        if (seed % 3 == 0 && !settings.HasStop) holders.Ledger.Trades.Values.ShouldContain(t => t.Why == "liquidation");
        // Near targets close trades before a night.
        if (execution.BorrowFeeRate > 0 && !settings.HasTarget) holders.Ledger.Financing.ShouldNotBe(0);
    }

    // Half of the runs have stops and targets of the settings, for entries without their own.
    private static TradingSettings Protected(TradingSettings settings, Random random) => random.Next(8) switch
    {
        0 => settings with
        {
            TakeProfit = [new() { Percent = 0.2, Share = 0.3 }, new() { Percent = 0.5, Share = 0.3 }, new() { Percent = 1 }],
        },
        1 => settings with
        {
            StopLossPercent = 0.4,
            TakeProfitPercent = 1.5,
            TakeProfitOverTime =
                [new() { After = TimeSpan.FromMinutes(30), Percent = 0.5 }, new() { After = TimeSpan.FromHours(2), Percent = -0.2 }],
        },
        2 => settings with { StopLossAtr = 2, TakeProfitAtr = 3, TrailingStopAtr = 4, AtrBars = 10 },
        3 => settings with { TakeProfit = [new() { Percent = 0.3, Share = 0.5 }], TrailingStopPercent = 0.4, TrailingStartPercent = 0.5 },
        _ => settings,
    };

    private static string? FirstDifference(List<SeenFill> exchange, List<SeenFill> strategy)
    {
        for (var i = 0; i < Math.Max(exchange.Count, strategy.Count); i++)
        {
            var (a, b) = (exchange.ElementAtOrDefault(i), strategy.ElementAtOrDefault(i));
            if (a != b) return $"fill {i}: the exchange has {a}, the strategy's account {b}";
        }
        return null;
    }

    /// <summary>Enters with every type of order and protection, and leaves again.</summary>
    internal sealed class Trader(int seed) : Strategy
    {
        private readonly Random _random = new(seed);

        public override void OnBar(StrategyContext bar)
        {
            var side = _random.Next(2) == 0 ? Side.Buy : Side.Sell;
            switch (_random.Next(8))
            {
                case 0: bar.Enter(side); break;
                case 1 or 2: bar.Enter(side, Options(bar, (int)side)); break;
                case 3 when _random.Next(3) == 0: bar.Exit(side); break;
                case 4 when _random.Next(4) == 0: bar.CancelEntries(side); break;
            }
        }

        private EntryOptions Options(StrategyContext bar, int sign)
        {
            var step = bar.Close * 0.004 * _random.NextDouble();
            var type = (OrderType[])[OrderType.Market, OrderType.Limit, OrderType.Stop, OrderType.StopLimit];
            var chosen = type[_random.Next(type.Length)];
            return new EntryOptions
            {
                Type = chosen,
                LimitPrice = bar.Close + (chosen == OrderType.StopLimit ? sign * step * (0.5 + _random.NextDouble()) : -sign * step),
                StopPrice = bar.Close + sign * step,
                StopLoss = _random.Next(3) > 0 ? bar.Close * (1 - sign * 0.01 * (0.2 + _random.NextDouble())) : 0,
                TakeProfit = _random.Next(3) > 0 ? bar.Close * (1 + sign * 0.01 * (0.2 + _random.NextDouble())) : 0,
                TrailingStopPercent = _random.Next(4) == 0 ? 0.3 + _random.NextDouble() : 0,
            };
        }
    }
}
