using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Truth;

/// <summary>Stop and target, or a trailing stop, from the fill on, as the settings say; nothing else ends a trade.</summary>
internal sealed class ProtectedFromFill(BacktraderCase given) : CaseStrategy(given)
{
    protected override void OnSignal(StrategyContext bar, int signal)
    {
        if (signal > 0) bar.Enter(Side.Buy);
    }
}
