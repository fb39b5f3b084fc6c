using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Truth;

/// <summary>Stop and target from the close of the signal; nothing else ends a trade.</summary>
internal sealed class BracketFromSignal(BacktraderCase given) : CaseStrategy(given)
{
    protected override void OnSignal(StrategyContext bar, int signal)
    {
        if (signal > 0)
            bar.Enter(Side.Buy, new EntryOptions
            {
                StopLoss = bar.Close * (1 - Case.Number("stop")),
                TakeProfit = bar.Close * (1 + Case.Number("target"))
            });
    }
}
