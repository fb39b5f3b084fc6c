using FsCheck;
using FsCheck.Fluent;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Tests.Portfolio;

/// <summary>
/// Random signals, limits, fills in parts and prices that jump: the books always balance, and no limit is ever exceeded at a bar.
/// </summary>
public sealed class PortfolioPropertyTests
{
    private const int Markets = 4, Members = 8, Rows = 150;
    private const double Rate = 0.001;

    private sealed class Theirs
    {
        public int Member, Number, Symbol;
        public Side Side;
        public double Ordered, Filled, Left, EntryNotional;
        // The portfolio's part, as its answers say.
        public double Own;
        public bool Entered;
    }

    // A market and strategies by dice, and a ledger of its own beside the portfolio's.
    private static void Play(int seed, PortfolioLimits limits,
        Action<PortfolioRun, double[], IReadOnlyList<(int Market, Side Side, double Quantity)>> atEveryBar, double lot = 0,
        double jump = 0.05)
    {
        var random = new Random(seed);
        var instruments = Enumerable.Range(0, Markets).Select(i => new Instrument { Symbol = $"M{i}", LotSize = lot }).ToList();
        var members = Enumerable.Range(0, Members).Select(i => new PortfolioMember($"S{i}", [i % Markets], 0.2 + random.NextDouble()))
            .ToList();
        var run = new PortfolioRun(100_000, limits, instruments, members, new ExecutionSettings { Fee = new PercentFee(Rate * 100) });
        var prices = Enumerable.Range(0, Markets).Select(_ => 50 + 100 * random.NextDouble()).ToArray();
        var trades = new List<Theirs>();
        var numbers = new int[Members];
        var cash = 100_000.0;
        var day = new DateTime(2026, 1, 1).Ticks;
        for (var row = 0; row < Rows; row++)
        {
            var time = day + row * TimeSpan.TicksPerHour * 6;
            // Fills within the bar, at prices on its way.
            foreach (var t in trades.ToList())
            {
                var price = prices[t.Symbol] * (1 + jump * (random.NextDouble() - 0.5));
                if (t.Filled < t.Ordered && random.Next(3) > 0)
                {
                    var part = random.Next(2) == 0 ? t.Ordered - t.Filled : (t.Ordered - t.Filled) / 2;
                    var own = run.OnFill(t.Member,
                        new TradeFill(t.Number, time, price, part, part * price * Rate, new OrderId(1), IsEntry: true, IsFirst: !t.Entered,
                            IsMaker: false));
                    t.Entered = true;
                    t.Filled += part;
                    t.Left += part;
                    t.EntryNotional += part * price;
                    t.Own += own;
                    cash -= (int)t.Side * own * price + own * price * Rate;
                }
                else if (!t.Entered && random.Next(6) == 0)
                {
                    run.OnSignalEnded(t.Member, t.Number);
                    trades.Remove(t);
                }
                else if (t.Entered && random.Next(8) == 0)
                {
                    if (t.Filled < t.Ordered) run.OnEntryEnded(t.Member, t.Number);
                    // Closed whole and told as one trade, or told fill by fill.
                    var entry = t.EntryNotional / t.Filled;
                    var inParts = random.Next(2) == 0 || t.Filled < t.Ordered;
                    if (inParts)
                    {
                        var own = run.OnFill(t.Member,
                            new TradeFill(t.Number, time, price, t.Left, t.Left * price * Rate, new OrderId(2), IsEntry: false,
                                IsFirst: false, IsMaker: false));
                        cash += (int)t.Side * own * price - own * price * Rate;
                        t.Own -= own;
                    }
                    var seen = run.OnTrade(t.Member,
                        new Trade(t.Number, t.Side, t.Filled, time, time, entry, time, price, 0,
                            (t.EntryNotional + t.Filled * price) * Rate, 1, ExitReason.Signal, 0, 0));
                    if (seen is not null && !inParts) cash += (int)t.Side * t.Own * price - t.Own * price * Rate;
                    trades.Remove(t);
                }
            }
            for (var i = 0; i < Markets; i++)
            {
                prices[i] *= 1 + jump * (random.NextDouble() - 0.5) * (random.Next(20) == 0 ? 8 : 1);
                run.Mark(i, prices[i]);
            }
            run.Revalue(time);
            foreach (var (member, number, share, _) in run.Trim(time))
            {
                var t = trades.Single(x => x.Member == member && x.Number == number);
                var goes = t.Own * share;
                cash += (int)t.Side * goes * prices[t.Symbol] - goes * prices[t.Symbol] * Rate;
                t.Own -= goes;
            }
            for (var k = 0; k < 6; k++)
            {
                var member = random.Next(Members);
                var symbol = member % Markets;
                var side = random.Next(2) == 0 ? Side.Buy : Side.Sell;
                var signal = new Signal(++numbers[member], time, side, OrderType.Market, prices[symbol],
                    Math.Floor(50 + 400 * random.NextDouble()), prices[symbol] * (side == Side.Buy ? 0.95 : 1.05), 0, long.MaxValue);
                run.OnSignal(member, signal);
                trades.Add(new Theirs { Member = member, Number = signal.Number, Symbol = symbol, Side = side, Ordered = signal.Quantity });
            }
            run.Revalue(time);
            run.Seal(time);
            var held = trades.Where(t => t.Own > 0).Select(t => (t.Symbol, t.Side, t.Own)).ToList();
            // The books: cash is what the fills left, equity is cash and positions at the marks.
            run.Cash.ShouldBe(cash, 1e-5);
            run.Equity.ShouldBe(cash + held.Sum(h => (int)h.Side * h.Own * prices[h.Symbol]), 1e-5);
            run.Exposure.ShouldBe(held.Sum(h => h.Own * prices[h.Symbol]), 1e-5);
            atEveryBar(run, prices, held);
        }
    }

    private static readonly PortfolioLimits All = new()
    {
        MaxPositions = 6,
        MaxGrossPercent = 90,
        MaxNetPercent = 40,
        MaxSymbolPercent = 35,
        MaxStrategyPercent = 25,
        MaxLeverage = 0.8,
        MaxTurnoverPercent = 400,
        MaxCorrelatedPercent = 60,
        Correlation = 0.5,
        Days = 20,
        Groups = [new PortfolioGroup("left", ["M0", "M1"], 50, 4), new PortfolioGroup("right", ["M2", "M3"], 45, null)],
        RiskPercent = 2,
        MaxDrawdownPercent = 30,
        ResumeAfterDays = 5,
        DailyLossPercent = 10,
        AtEveryBar = true,
    };

    private static void Within(PortfolioRun run, double[] prices, IReadOnlyList<(int Market, Side Side, double Quantity)> held,
        PortfolioLimits limits)
    {
        const double Slack = 1 + 1e-6;
        var percent = Math.Max(0, run.Equity) / 100;
        double Value(Func<(int Market, Side Side, double Quantity), bool> of) => held.Where(of).Sum(h => h.Quantity * prices[h.Market]);
        if (limits.MaxGrossPercent is { } gross) Value(_ => true).ShouldBeLessThanOrEqualTo(gross * percent * Slack + 1e-6);
        if (limits.MaxLeverage is { } leverage) Value(_ => true).ShouldBeLessThanOrEqualTo(leverage * 100 * percent * Slack + 1e-6);
        if (limits.MaxNetPercent is { } net)
            Math.Abs(held.Sum(h => (int)h.Side * h.Quantity * prices[h.Market])).ShouldBeLessThanOrEqualTo(net * percent * Slack + 1e-6);
        for (var i = 0; limits.MaxSymbolPercent is { } symbol && i < Markets; i++)
            Value(h => h.Market == i).ShouldBeLessThanOrEqualTo(symbol * percent * Slack + 1e-6);
        foreach (var group in limits.Groups)
            if (group.MaxPercent is { } most)
                Value(h => group.Symbols.Contains($"M{h.Market}")).ShouldBeLessThanOrEqualTo(most * percent * Slack + 1e-6);
        if (limits.MaxPositions is { } positions) held.Count.ShouldBeLessThanOrEqualTo(positions);
        run.OpenTrades.ShouldBe(held.Count);
    }

    [Fact]
    public void With_limits_at_every_bar_none_is_exceeded_at_any_bar_on_any_path_of_prices() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60),
            Prop.ForAll(ArbMap.Default.ArbFor<int>(),
                seed => Play(seed, All, (run, prices, held) => Within(run, prices, held, All), lot: seed % 2 == 0 ? 0 : 1)));

    [Fact]
    public void Each_limit_alone_holds_too() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
    {
        PortfolioLimits[] alone =
        [
            new() { MaxGrossPercent = 70, AtEveryBar = true }, new() { MaxNetPercent = 20, AtEveryBar = true },
            new() { MaxSymbolPercent = 15, AtEveryBar = true },
            new() { MaxPositions = 3, AtEveryBar = true }, new() { MaxLeverage = 0.5, AtEveryBar = true },
            new() { Groups = All.Groups, AtEveryBar = true },
        ];
        var limits = alone[Math.Abs(seed % alone.Length)];
        Play(seed, limits, (run, prices, held) => Within(run, prices, held, limits), jump: 0.2);
    }));

    [Fact]
    public void Without_that_they_are_asked_at_the_signal_counts_always_hold_and_the_books_balance() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
            Play(seed, All with { AtEveryBar = false }, (run, _, held) =>
            {
                held.Count.ShouldBeLessThanOrEqualTo(6);
                run.OpenTrades.ShouldBe(held.Count);
            })));
}
