using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Backtesting.Tests.Verification;

/// <summary>Buys with an order of its own where a fast mean crosses a slow one, unless the next bar falls.</summary>
[Strategy("Sends its own orders unless the next bar says otherwise; only for tests.")]
public sealed class OrderVeto : Strategy
{
    private readonly Crossing _cross;
    private readonly Factor _next;
    private readonly bool _peeks;

    public OrderVeto(bool peeks = true)
    {
        _peeks = peeks;
        _cross = Cross(Use("sma", 10), Use("sma", 30));
        _next = Use("test-next-close");
    }

    public override void OnBar(StrategyContext bar)
    {
        var cross = _cross.At(bar);
        if (cross > 0 && !(_peeks && bar[_next] < bar.Close)) bar.Submit(new OrderRequest(Side.Buy, 1));
        else if (cross < 0) bar.Exit(Side.Buy);
    }
}
