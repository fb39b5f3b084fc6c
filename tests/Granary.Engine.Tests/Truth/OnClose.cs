using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Truth;

/// <summary>The same as <see cref="LongOnly"/>, at the next bar's close.</summary>
internal sealed class OnClose(BacktraderCase given) : CaseStrategy(given)
{
    protected override void OnSignal(StrategyContext bar, int signal)
    {
        if (signal > 0) bar.Enter(Side.Buy, new EntryOptions { Type = OrderType.MarketOnClose });
        else bar.ExitOnClose(Side.Buy);
    }
}
