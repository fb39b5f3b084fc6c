/// <summary>Buys when the fast average crosses above the slow one while prices trend, and exits when it crosses below.</summary>
public sealed class Idea : Strategy
{
    private readonly Crossing _cross;
    private readonly Factor _trend;

    public Idea([Range(2, 100)] int fast = 20, [Range(5, 400)] int slow = 60, [Range(0, 60)] double trend = 15)
    {
        _cross = Cross(Use("sma", fast), Use("sma", slow));
        _trend = Use("adx(14)");
        Trend = trend;
    }

    /// <summary>The least strength of a trend, by the average directional index.</summary>
    public double Trend { get; }

    public override void OnBar(StrategyContext bar)
    {
        var turn = _cross.At(bar);
        if (turn > 0 && bar[_trend] >= Trend) bar.Enter(Side.Buy);
        else if (turn < 0) bar.Exit();
    }
}
