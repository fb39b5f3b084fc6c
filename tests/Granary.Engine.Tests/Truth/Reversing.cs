using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Truth;

/// <summary>Long at +1, short at −1, by one order of twice the size that nets.</summary>
internal sealed class Reversing(BacktraderCase given) : CaseStrategy(given)
{
    protected override void OnSignal(StrategyContext bar, int signal)
    {
        var change = signal * Case.Number("size") - bar.Position.SignedQuantity;
        if (change != 0) bar.Submit(new OrderRequest((Side)Math.Sign(change), Math.Abs(change)));
    }
}
