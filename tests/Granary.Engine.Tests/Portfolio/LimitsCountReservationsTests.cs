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
        var host = new PortfolioHost(new PortfolioRun(100_000, Product(limits), instruments,
            [.. symbolsOf.Select((s, i) => new PortfolioMember($"S{i}", s, weights[i]) { Timeframe = Timeframe.H12 })],
            new ExecutionSettings { VolumeShare = 0.1 }, Rejecting));
        var run = host.Run;
        var simulator = new LimitSimulator(100_000, limits, [0, 1], Days, Threshold);
        var prices = Enumerable.Range(0, Markets).Select(_ => 20 + 200 * random.NextDouble()).ToArray();
        var numbers = new int[Members];
        var decisions = 0;
        for (var row = 0; row < Rows; row++)
        {
            var time = new DateTime(2026, 1, 1).Ticks + row * TimeSpan.TicksPerHour * 12;
            // Flat bars: all orders fill at the opens, which are other prices than those at which they were decided.
            Move(random, prices);
            double[] opens = [.. prices];
            double[] volumes = [.. opens.Select(p => 10 * (random.Next(3) == 0 ? 5_000 : 1e6) / p)];
            host.Bars(Timeframe.H12, [.. opens.Select((p, i) => PortfolioHost.Flat(time, p, volumes[i]))]);
            simulator.Open(opens, [.. volumes.Select(v => v * 0.1)]);
            run.Cash.ShouldBe(simulator.Cash, 1e-3, $"seed {seed}, row {row}");
            simulator.Close(opens, row % 2 == 0);
            Leave(random, host, simulator, symbolsOf);
            for (var n = random.Next(6); n > 0; n--)
            {
                var member = random.Next(Members);
                var at = random.Next(symbolsOf[member].Length);
                var symbol = symbolsOf[member][at];
                var side = random.Next(3) == 0 ? Side.Sell : Side.Buy;
                // A third waits for a better price.
                var type = random.Next(3) == 0 ? OrderType.Limit : OrderType.Market;
                var price = prices[symbol] * (type == OrderType.Market ? 1 : 1 - (int)side * 0.02 * random.NextDouble());
                var theirs = 30_000 * random.NextDouble() / price;
                var signal = new Signal(++numbers[member], time, side, type, price, theirs, 0, 0, long.MaxValue);
                var said = run.OnSignal(member, signal, at).Word;
                // One live signal of a period, symbol and side is another rule's matter.
                if (said == Decision.SamePeriod.Word) continue;
                said.ShouldBe(simulator.Decide(member, signal.Number, symbol, (int)side, theirs * weights[member], price,
                    type == OrderType.Market), $"seed {seed}, row {row}, member {member}");
                counts[said] = counts.GetValueOrDefault(said) + 1;
                decisions++;
            }
        }
        return decisions;
    }

    // Strategies send exits of open trades, and withdraw what waits of entries.
    private static void Leave(Random random, PortfolioHost host, LimitSimulator simulator, int[][] symbolsOf)
    {
        foreach (var (member, number, symbol) in simulator.Leavable)
        {
            if (random.Next(8) > 0) continue;
            host.Run.OnExiting(member, new ExitingEvent(number, host.Time), Array.IndexOf(symbolsOf[member], symbol));
            simulator.Exit(member, number);
        }
        foreach (var (member, number, symbol) in simulator.Waiting)
        {
            if (random.Next(6) > 0) continue;
            host.Run.OnEntryEnded(member, number, Array.IndexOf(symbolsOf[member], symbol));
            simulator.Cancel(member, number);
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
        var run = new PortfolioRun(100_000, limits, [new Instrument { Symbol = "A" }],
            [new PortfolioMember("first", [0], 1) { Timeframe = Timeframe.D1 },
                new PortfolioMember("second", [0], 1) { Timeframe = Timeframe.D1 }], sizing: Rejecting);
        new PortfolioHost(run).Flat(Timeframe.D1, 0, 100);
        Decision Ask(int member, int number, long time) => run.OnSignal(member, new Signal(number, time, Side.Buy, OrderType.Market, 100,
            150, 0, 0, long.MaxValue));
        Ask(0, 1, 0).ShouldBe(Decision.Accepted);
        var second = limit == "strategy" ? Ask(0, 2, 1) : Ask(1, 1, 0);
        second.ToString().ShouldBe(limit switch { "symbol" => "max-symbol", "strategy" => "max-strategy", _ => "max-net" });
        // What was reserved is free again when its signal ends without a fill.
        run.OnEntryEnded(0, 1);
        Ask(limit == "strategy" ? 0 : 1, 3, 2).ShouldBe(Decision.Accepted);
    }

    [Fact]
    public void Accepted_short_sales_reserve_their_collateral()
    {
        var run = new PortfolioRun(100_000, new PortfolioLimits(), [new Instrument { Symbol = "A" }],
            [new PortfolioMember("first", [0], 1) { Timeframe = Timeframe.D1 },
                new PortfolioMember("second", [0], 1) { Timeframe = Timeframe.D1 }], sizing: Rejecting);
        new PortfolioHost(run).Flat(Timeframe.D1, 0, 100);
        run.OnSignal(0, new Signal(1, 0, Side.Sell, OrderType.Market, 100, 600, 0, 0, long.MaxValue)).ShouldBe(Decision.Accepted);
        run.OnSignal(1, new Signal(1, 0, Side.Sell, OrderType.Market, 100, 600, 0, 0, long.MaxValue)).ShouldBe(Decision.NoCash);
    }

    [Fact]
    public void A_reservation_ends_when_its_symbol_has_no_bar_on_more_than_five_days_of_the_others()
    {
        var run = new PortfolioRun(100_000, new PortfolioLimits(), [new Instrument { Symbol = "A" }, new Instrument { Symbol = "B" }],
            [new PortfolioMember("first", [0], 1) { Timeframe = Timeframe.D1 },
                new PortfolioMember("second", [1], 1) { Timeframe = Timeframe.D1 }], sizing: Rejecting);
        var host = new PortfolioHost(run);
        var day = new DateTime(2024, 1, 1).Ticks;
        host.Flat(Timeframe.D1, day, 100, 100);
        run.OnSignal(0, new Signal(1, day, Side.Buy, OrderType.Market, 100, 900, 0, 0, long.MaxValue)).ShouldBe(Decision.Accepted);
        Decision Ask(int number, long time) => run.OnSignal(1, new Signal(number, time, Side.Buy, OrderType.Market, 100, 900, 0, 0,
            long.MaxValue));
        for (var d = 1; d <= 6; d++)
        {
            // A long break on which nothing trades is no halt of one symbol.
            var time = day + (d + 30) * TimeSpan.TicksPerDay;
            host.Flat(Timeframe.D1, time, double.NaN, 100);
            Ask(d, time).ShouldBe(d <= 5 ? Decision.NoCash : Decision.Accepted, $"day {d}");
        }
        run.Expired.ShouldBe([(0, 1)]);
        // Should the symbol trade again, its entry is not filled any more.
        host.Flat(Timeframe.D1, day + 40 * TimeSpan.TicksPerDay, 100, 100);
        host.Fills.Select(f => f.Market).ShouldBe([1]);
    }
}
