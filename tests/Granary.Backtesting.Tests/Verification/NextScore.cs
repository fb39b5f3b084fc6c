using Granary.Engine.Factors;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Backtesting.Tests.Verification;

/// <summary>The next bar's score, a further column; only for tests.</summary>
[Factor("test-next-score", "The next bar's value of the column news.score; only for tests.")]
public sealed class NextScore : FactorKernel
{
    public override int WarmUp => 1;

    public override IReadOnlyList<string> Columns => ["news.score"];

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var score = bars.Column("news.score");
        for (var i = 0; i < bars.Count; i++) lines[0][i] = score[Math.Min(i + 1, bars.Count - 1)];
    }
}

[Strategy("Trades by the score of the next bar; only for tests.")]
public sealed class NextScoreReader : Strategy
{
    private readonly Factor _next;

    public NextScoreReader() => _next = Use("test-next-score");

    public override void OnBar(StrategyContext bar)
    {
        if (bar[_next] > 0) bar.Go(Side.Buy);
        else bar.Exit();
    }
}
