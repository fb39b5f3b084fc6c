namespace Granary.Engine.Portfolio.Rules;

/// <summary>Bounds the positions in an instrument and in all that move with it by a percentage of the equity.</summary>
/// <param name="least">Instruments move together where their daily returns have at least this correlation, positive or negative.</param>
internal sealed class CorrelatedLimit(double percent, double least, DailyReturns returns, int markets) : IPortfolioRule
{
    private readonly int[][] _movesWith = [.. Enumerable.Range(0, markets).Select(i => new[] { i })];

    public Decision Refusal => Decision.MaxCorrelated;

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio) =>
        new(portfolio.ValueIn(_movesWith[scope.Market], scope.CountsReserved), percent * (portfolio.Equity / 100));

    public void OnNewDay(long day, IPortfolioView portfolio)
    {
        for (var i = 0; i < markets; i++)
            _movesWith[i] = [.. Enumerable.Range(0, markets).Where(k => k == i || Math.Abs(returns.Correlation(i, k)) >= least)];
    }
}
