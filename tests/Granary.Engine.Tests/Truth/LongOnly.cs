using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Truth;

/// <summary>In at +1 while flat, out at −1.</summary>
internal sealed class LongOnly(BacktraderCase given) : CaseStrategy(given)
{
    protected override void OnSignal(StrategyContext bar, int signal)
    {
        if (signal > 0) bar.Enter(Side.Buy);
        else bar.Exit(Side.Buy);
    }
}
