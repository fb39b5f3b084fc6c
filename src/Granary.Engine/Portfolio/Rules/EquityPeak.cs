namespace Granary.Engine.Portfolio.Rules;

/// <summary>The highest equity so far, from which drawdowns are measured.</summary>
public sealed class EquityPeak(double start)
{
    private double _peak = start;

    public void Add(double equity)
    {
        if (equity > _peak) _peak = equity;
    }

    /// <summary>Drawdowns are measured from this equity on.</summary>
    public void Restart(double equity) => _peak = equity;

    /// <summary>How far an equity is below the peak, a positive fraction.</summary>
    public double Drawdown(double equity) => _peak > 0 ? 1 - equity / _peak : 0;
}
