using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>Statistics of closed trades, net of commission and financing.</summary>
internal sealed class TradeFigures
{
    private readonly double[] _net;

    public TradeFigures(IEnumerable<TradeRow> trades) => _net = [.. trades.Where(t => !t.IsOpen).Select(t => t.NetProfit)];

    public int Trades => _net.Length;

    public double WinRate => _net.Length == 0 ? double.NaN : (double)_net.Count(n => n > 0) / _net.Length;

    public double Expectancy => _net.DefaultIfEmpty(double.NaN).Average();

    public double AverageWin => _net.Where(n => n > 0).DefaultIfEmpty(double.NaN).Average();

    public double AverageLoss => _net.Where(n => n < 0).DefaultIfEmpty(double.NaN).Average();

    public double ProfitFactor => _net.Where(n => n > 0).Sum() / -_net.Where(n => n < 0).Sum();

    public double NetProfit => _net.Sum();
}
