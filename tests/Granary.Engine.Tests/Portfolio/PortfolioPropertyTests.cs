using FsCheck;
using FsCheck.Fluent;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Portfolio;

/// <summary>
/// Random signals, limits, fills in parts and prices that jump: the books always balance, and no limit is ever exceeded at a bar.
/// </summary>
public sealed class PortfolioPropertyTests
{
    private const int Markets = 4, Members = 8, Rows = 150;
    private const double Rate = 0.001;

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
            game.Run.Equity.ShouldBe(game.Cash + held.Sum(h => (int)h.Side * h.Quantity * game.Prices[h.Market]), 1e-5);
            game.Run.Exposure.ShouldBe(held.Sum(h => h.Quantity * game.Prices[h.Market]), 1e-5);
            atEveryBar(game.Run, game.Prices, held);
        }
    }

    /// <summary>A market and strategies by dice, and a ledger of the reported fills beside the portfolio's.</summary>
    private sealed class Game
    {
        private readonly Random _random;
        private readonly PortfolioHost _host;
        // Live signals, and the portfolio's quantities of their trades.
        private readonly List<(int Member, int Number)> _signals = [];
        private readonly Dictionary<(int Member, int Number), (int Market, Side Side, double Quantity)> _held = [];
        private readonly int[] _numbers = new int[Members];
        private readonly double _jump;
        private int _booked;

        public Game(int seed, PortfolioLimits limits, double lot, double jump)
        {
            (_random, _jump) = (new Random(seed), jump);
            var instruments = Enumerable.Range(0, Markets).Select(i => new Instrument { Symbol = $"M{i}", LotSize = lot }).ToList();
            var members = Enumerable.Range(0, Members).Select(i => new PortfolioMember($"S{i}", [i % Markets], 0.2 + _random.NextDouble())
            {
                Timeframe = Timeframe.H6,
                // Some trades have stops and targets in parts.
                Settings = i % 2 == 0 ? null : new TradingSettings
                {
                    StopLossPercent = 4,
                    TakeProfit = [new() { Percent = 3, Share = 0.5 }, new() { Percent = 6 }],
                },
            }).ToList();
            _host = new PortfolioHost(new PortfolioRun(100_000, limits, instruments, members, new ExecutionSettings
            {
                Fee = new PercentFee(Rate * 100),
                // A trade whose exit waits for volume is not cut for a limit, so such limits do not hold for it.
                VolumeShare = limits.Enforce == LimitCheck.EveryBar || _random.Next(2) == 0 ? 0 : 0.1,
            }));
            Prices = [.. Enumerable.Range(0, Markets).Select(_ => 50 + 100 * _random.NextDouble())];
        }

        public PortfolioRun Run => _host.Run;

        public double[] Prices { get; }

        public double Cash { get; private set; } = 100_000;

        public List<(int Market, Side Side, double Quantity)> Held => [.. _held.Values];

        public void PlayBar(int row)
        {
            var time = new DateTime(2026, 1, 1).Ticks + row * TimeSpan.TicksPerHour * 6;
            _host.Bars(Timeframe.H6, [.. Enumerable.Range(0, Markets).Select(i => NextBar(i, time))]);
            for (; _booked < _host.Fills.Count; _booked++) Book(_host.Fills[_booked]);
            foreach (var (member, number) in _signals.ToList()) Leave(member, number, time);
            for (var k = 0; k < 6; k++) Signal(time);
            Run.Revalue(time);
            Run.Seal(time);
        }

        private Bar NextBar(int market, long time)
        {
            var open = Prices[market] * (1 + _jump * (_random.NextDouble() - 0.5));
            var close = open * (1 + _jump * (_random.NextDouble() - 0.5) * (_random.Next(20) == 0 ? 8 : 1));
            Prices[market] = close;
            return new Bar(time, open, Math.Max(open, close) * (1 + 0.2 * _jump * _random.NextDouble()),
                Math.Min(open, close) * (1 - 0.2 * _jump * _random.NextDouble()), close, 100 + 5_000 * _random.NextDouble());
        }

        private void Book(in PortfolioFill fill)
        {
            var sign = fill.Kind == PortfolioFillKind.Entry ? 1 : -1;
            Cash -= (int)fill.Side * sign * fill.Quantity * fill.Price + fill.Quantity * fill.Price * Rate;
            fill.Commission.ShouldBe(fill.Quantity * fill.Price * Rate, 1e-9);
            var key = (fill.Member, fill.Number);
            var left = _held.GetValueOrDefault(key).Quantity + sign * fill.Quantity;
            if (left > 1e-9) _held[key] = (fill.Market, fill.Side, left);
            else _held.Remove(key);
        }

        // The strategy sends an exit, of a part or of all; or its trade has ended; or it withdraws what waits.
        private void Leave(int member, int number, long time)
        {
            switch (_random.Next(30))
            {
                case 0:
                    _host.Exit(member, number, 0.1 + 0.8 * _random.NextDouble());
                    return;
                case 1 or 2:
                    _host.Exit(member, number);
                    break;
                case 3:
                    Run.OnTrade(member, new Trade(number, Side.Buy, 1, time, time, 100, time, 100, 0, 0, 0, ExitReason.Stop, 0, 0));
                    break;
                case 4:
                    Run.OnEntryEnded(member, number);
                    return;
                default:
                    return;
            }
            _signals.Remove((member, number));
        }

        private void Signal(long time)
        {
            var member = _random.Next(Members);
            var close = Prices[member % Markets];
            var side = _random.Next(2) == 0 ? Side.Buy : Side.Sell;
            var type = (OrderType)_random.Next(3);
            var price = type switch
            {
                OrderType.Market => close,
                OrderType.Limit => close * (1 - (int)side * 0.4 * _jump * _random.NextDouble()),
                _ => close * (1 + (int)side * 0.4 * _jump * _random.NextDouble()),
            };
            var signal = new Signal(++_numbers[member], time, side, type, price, Math.Floor(50 + 400 * _random.NextDouble()),
                price * (side == Side.Buy ? 0.95 : 1.05), 0, long.MaxValue)
            { StopPrice = type == OrderType.Stop ? price : 0 };
            if (Run.OnSignal(member, signal) == Decision.Accepted) _signals.Add((member, signal.Number));
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
