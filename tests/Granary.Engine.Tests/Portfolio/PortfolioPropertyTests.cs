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

    private static void Play(int seed, PortfolioLimits limits,
        Action<PortfolioRun, double[], IReadOnlyList<(int Market, Side Side, double Quantity)>> atEveryBar, double lot = 0,
        double jump = 0.05)
    {
        var game = new Game(seed, limits, lot, jump);
        for (var row = 0; row < Rows; row++)
        {
            game.PlayBar(row);
            // An account without equity trades no more.
            if (game.Run.IsRuined) return;
            var held = game.Held;
            // The books: cash is what the fills left, equity is cash and positions at the marks.
            game.Run.Cash.ShouldBe(game.Cash, 1e-5);
            game.Run.Equity.ShouldBe(game.Cash + held.Sum(h => (int)h.Side * h.Own * game.Prices[h.Symbol]), 1e-5);
            game.Run.Exposure.ShouldBe(held.Sum(h => h.Own * game.Prices[h.Symbol]), 1e-5);
            atEveryBar(game.Run, game.Prices, held);
        }
    }

    /// <summary>A market and strategies by dice, and a ledger of its own beside the portfolio's.</summary>
    private sealed class Game
    {
        private readonly Random _random;
        private readonly List<Theirs> _trades = [];
        private readonly int[] _numbers = new int[Members];
        private readonly double _jump;

        public Game(int seed, PortfolioLimits limits, double lot, double jump)
        {
            (_random, _jump) = (new Random(seed), jump);
            var instruments = Enumerable.Range(0, Markets).Select(i => new Instrument { Symbol = $"M{i}", LotSize = lot }).ToList();
            var members = Enumerable.Range(0, Members)
                .Select(i => new PortfolioMember($"S{i}", [i % Markets], 0.2 + _random.NextDouble())).ToList();
            Run = new PortfolioRun(100_000, limits, instruments, members, new ExecutionSettings { Fee = new PercentFee(Rate * 100) });
            Prices = [.. Enumerable.Range(0, Markets).Select(_ => 50 + 100 * _random.NextDouble())];
        }

        public PortfolioRun Run { get; }

        public double[] Prices { get; }

        public double Cash { get; private set; } = 100_000;

        public List<(int Symbol, Side Side, double Own)> Held =>
            [.. _trades.Where(t => t.Own > 0).Select(t => (t.Symbol, t.Side, t.Own))];

        public void PlayBar(int row)
        {
            var time = new DateTime(2026, 1, 1).Ticks + row * TimeSpan.TicksPerHour * 6;
            // Fills within the bar, at prices on its way.
            foreach (var t in _trades.ToList())
            {
                var price = Prices[t.Symbol] * (1 + _jump * (_random.NextDouble() - 0.5));
                if (t.Filled < t.Ordered && _random.Next(3) > 0) Enter(t, time, price);
                else if (!t.Entered && _random.Next(6) == 0)
                {
                    Run.OnSignalEnded(t.Member, t.Number);
                    _trades.Remove(t);
                }
                else if (t.Entered && _random.Next(8) == 0) Exit(t, time, price);
            }
            for (var i = 0; i < Markets; i++)
            {
                Prices[i] *= 1 + _jump * (_random.NextDouble() - 0.5) * (_random.Next(20) == 0 ? 8 : 1);
                Run.Mark(i, Prices[i]);
            }
            Run.Revalue(time);
            foreach (var (member, number, share, _) in Run.Trim(time))
            {
                var t = _trades.Single(x => x.Member == member && x.Number == number);
                var goes = t.Own * share;
                Cash += (int)t.Side * goes * Prices[t.Symbol] - goes * Prices[t.Symbol] * Rate;
                t.Own -= goes;
            }
            for (var k = 0; k < 6; k++) Signal(time);
            Run.Revalue(time);
            Run.Seal(time);
        }

        private void Enter(Theirs t, long time, double price)
        {
            var part = _random.Next(2) == 0 ? t.Ordered - t.Filled : (t.Ordered - t.Filled) / 2;
            var own = Run.OnFill(t.Member,
                new TradeFill(t.Number, time, price, part, part * price * Rate, new OrderId(1), IsEntry: true, IsFirst: !t.Entered,
                    IsMaker: false));
            t.Entered = true;
            t.Filled += part;
            t.Left += part;
            t.EntryNotional += part * price;
            t.Own += own;
            Cash -= (int)t.Side * own * price + own * price * Rate;
        }

        // Closed whole and reported as one trade, or reported fill by fill.
        private void Exit(Theirs t, long time, double price)
        {
            if (t.Filled < t.Ordered) Run.OnEntryEnded(t.Member, t.Number);
            var entry = t.EntryNotional / t.Filled;
            var inParts = _random.Next(2) == 0 || t.Filled < t.Ordered;
            if (inParts)
            {
                var own = Run.OnFill(t.Member,
                    new TradeFill(t.Number, time, price, t.Left, t.Left * price * Rate, new OrderId(2), IsEntry: false,
                        IsFirst: false, IsMaker: false));
                Cash += (int)t.Side * own * price - own * price * Rate;
                t.Own -= own;
            }
            var seen = Run.OnTrade(t.Member,
                new Trade(t.Number, t.Side, t.Filled, time, time, entry, time, price, 0,
                    (t.EntryNotional + t.Filled * price) * Rate, 1, ExitReason.Signal, 0, 0));
            if (seen is not null && !inParts) Cash += (int)t.Side * t.Own * price - t.Own * price * Rate;
            _trades.Remove(t);
        }

        private void Signal(long time)
        {
            var member = _random.Next(Members);
            var symbol = member % Markets;
            var side = _random.Next(2) == 0 ? Side.Buy : Side.Sell;
            var signal = new Signal(++_numbers[member], time, side, OrderType.Market, Prices[symbol],
                Math.Floor(50 + 400 * _random.NextDouble()), Prices[symbol] * (side == Side.Buy ? 0.95 : 1.05), 0, long.MaxValue);
            Run.OnSignal(member, signal);
            _trades.Add(new Theirs { Member = member, Number = signal.Number, Symbol = symbol, Side = side, Ordered = signal.Quantity });
        }
    }

    private static readonly ChosenRule Groups = ChosenRule.Of(() => new GroupLimits
    {
        Groups = new Dictionary<string, PortfolioGroup>
        {
            ["left"] = new() { Symbols = ["M0", "M1"], MaxPercent = 50, MaxPositions = 4 },
            ["right"] = new() { Symbols = ["M2", "M3"], MaxPercent = 45 },
        },
    });

    private static readonly PortfolioLimits All = new()
    {
        Rules =
        [
            ChosenRule.Of(() => new PositionLimit { MaxPositions = 6 }), ChosenRule.Of(() => new GrossLimit { MaxGrossPercent = 90 }),
            ChosenRule.Of(() => new NetLimit { MaxNetPercent = 40 }), Groups,
            ChosenRule.Of(() => new SymbolLimit { MaxSymbolPercent = 35 }),
            ChosenRule.Of(() => new StrategyLimit { MaxStrategyPercent = 25 }),
            ChosenRule.Of(() => new LeverageLimit { MaxLeverage = 0.8 }),
            ChosenRule.Of(() => new TurnoverLimit { MaxTurnoverPercent = 400 }),
            ChosenRule.Of(() => new CorrelatedLimit { MaxCorrelatedPercent = 60, Correlation = 0.5 }),
            ChosenRule.Of(() => new DrawdownLimit { MaxDrawdownPercent = 30, ResumeAfterDays = 5 }),
            ChosenRule.Of(() => new DailyLossLimit { DailyLossPercent = 10 }),
        ],
        Days = 20,
        RiskPercent = 2,
        Enforce = LimitCheck.EveryBar,
    };

    private static void Within(PortfolioRun run, double[] prices, IReadOnlyList<(int Market, Side Side, double Quantity)> held,
        PortfolioLimits limits)
    {
        const double Slack = 1 + 1e-6;
        var percent = Math.Max(0, run.Equity) / 100;
        double Value(Func<(int Market, Side Side, double Quantity), bool> of) => held.Where(of).Sum(h => h.Quantity * prices[h.Market]);
        foreach (var rule in limits.Rules.Select(r => r.Create()))
            switch (rule)
            {
                case GrossLimit { MaxGrossPercent: var gross }:
                    Value(_ => true).ShouldBeLessThanOrEqualTo(gross * percent * Slack + 1e-6);
                    break;
                case LeverageLimit { MaxLeverage: var leverage }:
                    Value(_ => true).ShouldBeLessThanOrEqualTo(leverage * 100 * percent * Slack + 1e-6);
                    break;
                case NetLimit { MaxNetPercent: var net }:
                    Math.Abs(held.Sum(h => (int)h.Side * h.Quantity * prices[h.Market]))
                        .ShouldBeLessThanOrEqualTo(net * percent * Slack + 1e-6);
                    break;
                case SymbolLimit { MaxSymbolPercent: var symbol }:
                    for (var i = 0; i < Markets; i++)
                        Value(h => h.Market == i).ShouldBeLessThanOrEqualTo(symbol * percent * Slack + 1e-6);
                    break;
                case GroupLimits { Groups.Values: var groups }:
                    foreach (var group in groups)
                        if (group.MaxPercent is { } most)
                            Value(h => group.Symbols.Contains($"M{h.Market}")).ShouldBeLessThanOrEqualTo(most * percent * Slack + 1e-6);
                    break;
                case PositionLimit { MaxPositions: var positions }:
                    held.Count.ShouldBeLessThanOrEqualTo(positions);
                    break;
            }
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
        ChosenRule[] alone =
        [
            ChosenRule.Of(() => new GrossLimit { MaxGrossPercent = 70 }), ChosenRule.Of(() => new NetLimit { MaxNetPercent = 20 }),
            ChosenRule.Of(() => new SymbolLimit { MaxSymbolPercent = 15 }), ChosenRule.Of(() => new PositionLimit { MaxPositions = 3 }),
            ChosenRule.Of(() => new LeverageLimit { MaxLeverage = 0.5 }), Groups,
        ];
        var limits = PortfolioLimits.Of(alone[Math.Abs(seed % alone.Length)]) with { Enforce = LimitCheck.EveryBar };
        Play(seed, limits, (run, prices, held) => Within(run, prices, held, limits), jump: 0.2);
    }));

    [Fact]
    public void Without_that_they_are_asked_at_the_signal_counts_always_hold_and_the_books_balance() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
            Play(seed, All with { Enforce = LimitCheck.Signal }, (run, _, held) =>
            {
                held.Count.ShouldBeLessThanOrEqualTo(6);
                run.OpenTrades.ShouldBe(held.Count);
            })));
}
