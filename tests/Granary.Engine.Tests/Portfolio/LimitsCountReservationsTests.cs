using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Portfolio;

/// <summary>Limits count what is accepted and not filled yet, so that signals of one close cannot share the same room.</summary>
public sealed class LimitsCountReservationsTests
{
    private const int Markets = 5, Members = 9, Rows = 120, Days = 20;
    private const double Threshold = 0.6;

    private static readonly PortfolioSizing Rejecting = PortfolioSizing.Own with { OnInsufficientCash = InsufficientCash.Reject };

    private sealed record Waiting(int Member, int Number, int At, int Symbol, Side Side, double Theirs)
    {
        public double Filled { get; set; }
    }

    private static SimulatedLimits Dice(Random random)
    {
        double? Maybe(double from, double to) => random.Next(2) == 0 ? null : from + (to - from) * random.NextDouble();
        return new SimulatedLimits(random.Next(3) == 0 ? random.Next(3, 20) : null, Maybe(40, 150), Maybe(20, 80), Maybe(15, 60),
            Maybe(10, 50), Maybe(0.5, 1.2), Maybe(30, 120), Maybe(20, 80),
            random.Next(3) == 0 ? random.Next(2, 9) : null, Maybe(20, 70));
    }

    private static PortfolioLimits Product(SimulatedLimits l) => new() { Days = Days, Rules = [.. Rules(l)] };

    private static IEnumerable<ChosenRule> Rules(SimulatedLimits l)
    {
        if (l.Positions is { } positions) yield return ChosenRule.Of(() => new PositionLimit { MaxPositions = positions });
        if (l.Gross is { } gross) yield return ChosenRule.Of(() => new GrossLimit { MaxGrossPercent = gross });
        if (l.Net is { } net) yield return ChosenRule.Of(() => new NetLimit { MaxNetPercent = net });
        if (l.Symbol is { } symbol) yield return ChosenRule.Of(() => new SymbolLimit { MaxSymbolPercent = symbol });
        if (l.Strategy is { } strategy) yield return ChosenRule.Of(() => new StrategyLimit { MaxStrategyPercent = strategy });
        if (l.Leverage is { } leverage) yield return ChosenRule.Of(() => new LeverageLimit { MaxLeverage = leverage });
        if (l.Turnover is { } turnover) yield return ChosenRule.Of(() => new TurnoverLimit { MaxTurnoverPercent = turnover });
        if (l.Correlated is { } correlated)
            yield return ChosenRule.Of(() => new CorrelatedLimit { MaxCorrelatedPercent = correlated, Correlation = Threshold });
        if (l.Group is null && l.GroupPositions is null) yield break;
        var group = new PortfolioGroup { Symbols = ["M0", "M1"], MaxPercent = l.Group, MaxPositions = l.GroupPositions };
        yield return ChosenRule.Of(() => new GroupLimits { Groups = new Dictionary<string, PortfolioGroup> { ["first two"] = group } });
    }

    // Prices with a common part, so that some symbols correlate.
    private static void Move(Random random, double[] prices)
    {
        var common = random.NextDouble() - 0.5;
        for (var i = 0; i < prices.Length; i++) prices[i] *= Math.Exp(0.03 * ((i % 2 == 0 ? common : 0)
            + 0.7 * (random.NextDouble() - 0.5)));
    }

    private static int Play(int seed, Dictionary<string, int> counts)
    {
        var random = new Random(seed);
        var limits = Dice(random);
        var symbolsOf = Enumerable.Range(0, Members).Select(i => i % 3 == 0 ? new[] { i % Markets, (i + 2) % Markets } : [i % Markets])
            .ToArray();
        var weights = Enumerable.Range(0, Members).Select(_ => 0.25 + random.NextDouble()).ToArray();
        var instruments = Enumerable.Range(0, Markets).Select(i => new Instrument { Symbol = $"M{i}" }).ToList();
        var run = new PortfolioRun(100_000, Product(limits), instruments, [.. symbolsOf.Select((s, i) => new PortfolioMember($"S{i}", s,
            weights[i]))], sizing: Rejecting);
        var simulator = new LimitSimulator(100_000, limits, [0, 1], Days, Threshold);
        var prices = Enumerable.Range(0, Markets).Select(_ => 20 + 200 * random.NextDouble()).ToArray();
        var (waiting, open) = (new List<Waiting>(), new List<Waiting>());
        var numbers = new int[Members];
        var decisions = 0;
        for (var row = 0; row < Rows; row++)
        {
            var time = new DateTime(2026, 1, 1).Ticks + row * TimeSpan.TicksPerHour * 12;
            Trade(random, run, simulator, prices, time, waiting, open);
            Move(random, prices);
            for (var i = 0; i < Markets; i++) run.Mark(i, prices[i]);
            run.Revalue(time);
            simulator.Close(prices, row % 2 == 0);
            for (var n = random.Next(6); n > 0; n--)
            {
                var member = random.Next(Members);
                var at = random.Next(symbolsOf[member].Length);
                var symbol = symbolsOf[member][at];
                var side = random.Next(3) == 0 ? Side.Sell : Side.Buy;
                var theirs = 30_000 * random.NextDouble() / prices[symbol];
                var signal = new Signal(++numbers[member], time, side, OrderType.Market, prices[symbol], theirs, 0, 0, long.MaxValue);
                var said = run.OnSignal(member, signal, at).Word;
                // One live signal of a period, symbol and side is another rule's matter.
                if (said == Decision.SamePeriod.Word) continue;
                said.ShouldBe(simulator.Decide(member, signal.Number, symbol, (int)side, theirs * weights[member]),
                    $"seed {seed}, row {row}, member {member}");
                counts[said] = counts.GetValueOrDefault(said) + 1;
                waiting.Add(new Waiting(member, signal.Number, at, symbol, side, theirs));
                decisions++;
            }
        }
        return decisions;
    }

    private static void Trade(Random random, PortfolioRun run, LimitSimulator simulator, double[] prices, long time,
        List<Waiting> waiting, List<Waiting> open)
    {
        foreach (var t in open.ToList())
        {
            if (random.Next(10) > 0) continue;
            var price = prices[t.Symbol] * (0.98 + 0.04 * random.NextDouble());
            run.OnTrade(t.Member, new Trade(t.Number, t.Side, t.Filled, time, time, price, time, price, 0, 0, 1, ExitReason.Signal, 0, 0));
            simulator.Exit(t.Member, t.Number, price);
            open.Remove(t);
            waiting.Remove(t);
        }
        foreach (var t in waiting.ToList())
        {
            var price = prices[t.Symbol] * (0.98 + 0.04 * random.NextDouble());
            var dice = random.Next(6);
            if (dice == 0)
            {
                if (t.Filled > 0) run.OnEntryEnded(t.Member, t.Number);
                else run.OnSignalEnded(t.Member, t.Number);
                simulator.Cancel(t.Member, t.Number);
                waiting.Remove(t);
                continue;
            }
            if (dice > 3) continue;
            var left = t.Theirs - t.Filled;
            var part = dice == 1 ? left / 2 : left;
            run.OnFill(t.Member, new TradeFill(t.Number, time, price, part, 0, new OrderId(1), IsEntry: true, IsFirst: t.Filled == 0,
                IsMaker: false), t.At);
            simulator.Fill(t.Member, t.Number, part / left, price);
            if (t.Filled == 0) open.Add(t);
            t.Filled += part;
            if (part == left) waiting.Remove(t);
        }
    }

    [Fact]
    public void An_independent_simulator_of_the_limits_makes_the_same_10_000_decisions()
    {
        var counts = new Dictionary<string, int>();
        var decisions = 0;
        for (var seed = 1; decisions < 10_000; seed++) decisions += Play(seed, counts);
        // Each limit decided often enough to have been tested.
        foreach (var name in (string[])["accepted", "max-positions", "max-gross", "max-net", "max-symbol", "max-strategy", "max-leverage",
            "max-turnover", "max-correlated", "max-group", "no-cash"])
            counts.GetValueOrDefault(name).ShouldBeGreaterThan(50, name);
    }

    [Theory]
    [InlineData("symbol")]
    [InlineData("strategy")]
    [InlineData("net")]
    public void Several_signals_of_one_close_share_the_room_of_a_limit(string limit)
    {
        var limits = limit switch
        {
            "symbol" => PortfolioLimits.Of(ChosenRule.Of(() => new SymbolLimit { MaxSymbolPercent = 20 })),
            "strategy" => PortfolioLimits.Of(ChosenRule.Of(() => new StrategyLimit { MaxStrategyPercent = 20 })),
            _ => PortfolioLimits.Of(ChosenRule.Of(() => new NetLimit { MaxNetPercent = 20 })),
        };
        var run = new PortfolioRun(100_000, limits, [new Instrument { Symbol = "A" }], [new PortfolioMember("first", [0], 1),
            new PortfolioMember("second", [0], 1)], sizing: Rejecting);
        run.Mark(0, 100);
        run.Revalue(0);
        Decision Ask(int member, int number, long time) => run.OnSignal(member, new Signal(number, time, Side.Buy, OrderType.Market, 100,
            150, 0, 0, long.MaxValue));
        Ask(0, 1, 0).ShouldBe(Decision.Accepted);
        var second = limit == "strategy" ? Ask(0, 2, 1) : Ask(1, 1, 0);
        second.ToString().ShouldBe(limit switch { "symbol" => "max-symbol", "strategy" => "max-strategy", _ => "max-net" });
        // What was reserved is free again when its signal ends without a fill.
        run.OnSignalEnded(0, 1);
        Ask(limit == "strategy" ? 0 : 1, 3, 2).ShouldBe(Decision.Accepted);
    }

    [Fact]
    public void Accepted_short_sales_reserve_their_collateral()
    {
        var run = new PortfolioRun(100_000, new PortfolioLimits(), [new Instrument { Symbol = "A" }], [new PortfolioMember("first", [0],
            1), new PortfolioMember("second", [0], 1)], sizing: Rejecting);
        run.Mark(0, 100);
        run.Revalue(0);
        run.OnSignal(0, new Signal(1, 0, Side.Sell, OrderType.Market, 100, 600, 0, 0, long.MaxValue)).ShouldBe(Decision.Accepted);
        run.OnSignal(1, new Signal(1, 0, Side.Sell, OrderType.Market, 100, 600, 0, 0, long.MaxValue)).ShouldBe(Decision.NoCash);
    }

    [Fact]
    public void A_reservation_ends_when_its_symbol_has_no_bar_on_more_than_five_days_of_the_others()
    {
        var run = new PortfolioRun(100_000, new PortfolioLimits(), [new Instrument { Symbol = "A" }, new Instrument { Symbol = "B" }],
            [new PortfolioMember("first", [0], 1), new PortfolioMember("second", [1], 1)], sizing: Rejecting);
        var day = new DateTime(2024, 1, 1).Ticks;
        run.Mark(0, 100);
        run.Mark(1, 100);
        run.Revalue(day);
        run.OnSignal(0, new Signal(1, day, Side.Buy, OrderType.Market, 100, 900, 0, 0, long.MaxValue)).ShouldBe(Decision.Accepted);
        Decision Ask(int number, long time) => run.OnSignal(1, new Signal(number, time, Side.Buy, OrderType.Market, 100, 900, 0, 0,
            long.MaxValue));
        for (var d = 1; d <= 6; d++)
        {
            // A long break on which nothing trades is no halt of one symbol.
            var time = day + (d + 30) * TimeSpan.TicksPerDay;
            run.Mark(1, 100);
            run.Revalue(time);
            Ask(d, time).ShouldBe(d <= 5 ? Decision.NoCash : Decision.Accepted, $"day {d}");
        }
        run.Expired.ShouldBe([(0, 1)]);
        // Should the symbol trade again, its strategy's fill is not a trade of the portfolio.
        run.OnEntry(0, 1, day, 100, 900, 0).ShouldBe(0);
    }
}
