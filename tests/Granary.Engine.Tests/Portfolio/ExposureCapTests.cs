using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Portfolio;

public sealed class ExposureCapTests
{
    private static readonly long Start = new DateTime(2026, 1, 5).Ticks;

    private sealed class Model : IExposureModel
    {
        public ExposureCap Cap { get; set; } = ExposureCap.None;

        public List<(PortfolioState State, long Known)> Asked { get; } = [];

        public int Marks { get; private set; }

        public void Mark(int market, in Bar bar) => Marks++;

        public ExposureCap CapOf(in EntryRequest entry, in PortfolioState state, long known)
        {
            Asked.Add((state, known));
            return Cap;
        }
    }

    private readonly Model _model = new();

    private PortfolioHost Host(PortfolioLimits? limits = null, double lot = 0)
    {
        var run = new PortfolioRun(10_000, limits ?? new PortfolioLimits(),
            [new Instrument { Symbol = "A", LotSize = lot }, new Instrument { Symbol = "B", LotSize = lot }],
            [new("one@A", [0], 1) { Timeframe = Timeframe.H1 }, new("two@B", [1], 1) { Timeframe = Timeframe.H1 }]);
        run.CapExposure(_model);
        var host = new PortfolioHost(run);
        At(host, 0, 100, 50);
        return host;
    }

    private static void At(PortfolioHost host, int hour, double a, double b) =>
        host.Flat(Timeframe.H1, Start + hour * TimeSpan.TicksPerHour, a, b);

    private static Signal Signal(int number, double price, double quantity, int hour = 0) =>
        new(number, Start + hour * TimeSpan.TicksPerHour, Side.Buy, OrderType.Market, price, quantity, 0, 0, long.MaxValue);

    [Fact]
    public void An_entry_is_made_as_small_as_the_cap_leaves_and_refused_where_nothing_is_left()
    {
        var host = Host();
        var run = host.Run;
        _model.Cap = new ExposureCap(0.5);
        run.OnSignal(0, Signal(1, 100, 30)).ShouldBe(Decision.Accepted); // 3,000 of 5,000
        run.Capped.ShouldBe(0);
        run.OnSignal(1, Signal(1, 50, 60)).ShouldBe(Decision.Accepted); // 3,000 wanted, 2,000 left: what is reserved counts
        run.Capped.ShouldBe(1);
        run.Granted.ShouldBe(40, 1e-9);
        At(host, 1, 100, 50);
        host.Fills.Select(f => f.Quantity).ShouldBe([30, 40], 1e-9);
        run.OnSignal(0, Signal(2, 100, 1, 1)).ShouldBe(Decision.PredictedRisk);
        _model.Cap = new ExposureCap(0.4);
        run.OnSignal(0, Signal(3, 100, 1, 2)).ShouldBe(Decision.PredictedRisk);
        _model.Cap = ExposureCap.None;
        run.OnSignal(0, Signal(4, 100, 1, 3)).ShouldBe(Decision.Accepted);
    }

    [Fact]
    public void A_cap_of_the_symbol_leaves_other_symbols_out()
    {
        var run = Host().Run;
        run.OnSignal(0, Signal(1, 100, 50)).ShouldBe(Decision.Accepted);
        _model.Cap = new ExposureCap(0.3, OfSymbol: true);
        run.OnSignal(0, Signal(2, 100, 1, 1)).ShouldBe(Decision.PredictedRisk);
        run.OnSignal(1, Signal(1, 50, 80)).ShouldBe(Decision.Accepted);
        run.Granted.ShouldBe(60, 1e-9);
    }

    [Fact]
    public void A_lot_that_does_not_fit_is_refused_for_the_cap()
    {
        var run = Host(lot: 10).Run;
        _model.Cap = new ExposureCap(0.09);
        run.OnSignal(0, Signal(1, 100, 30)).ShouldBe(Decision.PredictedRisk); // nine units, and a lot has ten
        run.OnSignal(0, Signal(2, 100, 5, 1)).ShouldBe(Decision.NoQuantity); // less than a lot without the cap too
    }

    [Fact]
    public void The_model_is_asked_after_the_limits_with_the_state_before_the_entry()
    {
        var host = Host(PortfolioLimits.Of(ChosenRule.Of(() => new PositionLimit { MaxPositions = 2 })));
        var run = host.Run;
        run.OnSignal(0, Signal(1, 100, 20)).ShouldBe(Decision.Accepted);
        var time = Start + TimeSpan.TicksPerHour;
        host.Bars(Timeframe.H1, new Bar(time, 100, 100, 90, 90, 1000), PortfolioHost.Flat(time, 50));
        run.OnSignal(1, Signal(1, 50, 10, 1)).ShouldBe(Decision.Accepted);
        run.OnSignal(0, Signal(2, 90, 1, 1)).ShouldBe(Decision.Of("max-positions"));
        _model.Asked.Count.ShouldBe(2);
        _model.Asked[0].State.ShouldBe(new PortfolioState(0, 0, 0, double.NaN));
        // Twenty units have lost 10 each of 10,000; the second signal is known an hour after its bar's open.
        var (state, known) = _model.Asked[1];
        known.ShouldBe(Start + 2 * TimeSpan.TicksPerHour);
        state.Drawdown.ShouldBe(0.02, 1e-12);
        state.Exposure.ShouldBe(1800.0 / 9800, 1e-12);
        state.Positions.ShouldBe(1);
        double.IsNaN(state.WinRate).ShouldBeTrue();
        _model.Marks.ShouldBe(4);
    }

    [Fact]
    public void The_win_rate_is_that_of_the_last_twenty_trades_that_the_portfolio_has_closed()
    {
        var host = Host();
        var run = host.Run;
        // Five losers, then twenty-one trades of which each third loses.
        for (var i = 1; i <= 26; i++)
        {
            run.OnSignal(0, Signal(i, 100, 1, 3 * i)).ShouldBe(Decision.Accepted);
            At(host, 3 * i + 1, 100, 50);
            host.Exit(0, i);
            At(host, 3 * i + 2, i <= 5 || i % 3 == 0 ? 99 : 101, 50);
        }
        run.OnSignal(0, Signal(27, 100, 1, 81));
        // Of the trades 7 to 26 those that a three divides lost: 9, 12, 15, 18, 21 and 24.
        _model.Asked[^1].State.WinRate.ShouldBe(14.0 / 20);
        _model.Asked[3].State.WinRate.ShouldBe(0);
    }
}
