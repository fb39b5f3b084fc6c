using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Testing;

/// <summary>Trades one symbol by how it moves with another.</summary>
[Strategy("Buys while it moves with the market and sells when it does not; only for tests.")]
public sealed class MovesWith : Strategy
{
    private readonly Factor _beta, _correlation;

    public MovesWith(string market = "COINUSDT", [Engine.Market.Range(5, 200)] int n = 20)
    {
        _beta = Use($"beta({market},{n})");
        _correlation = Use($"correlation({market},{n})");
    }

    public override void OnBar(StrategyContext bar)
    {
        if (bar[_beta] > 0.02 && bar[_correlation] > 0) bar.Go(Side.Buy);
        else if (bar[_beta] < 0) bar.Exit();
    }
}
