using Granary.Engine.Trading;

namespace Granary.Reporting.Html.Views;

/// <summary>Trades that have something in common: what ended them, their hour, their side.</summary>
internal sealed class TradeGroup
{
    private double _wins, _losses, _bars, _returns;

    public long Trades { get; private set; }

    public long Winners { get; private set; }

    /// <summary>Account currency, net of commission.</summary>
    public double Net { get; private set; }

    public double WinRate => Trades > 0 ? Winners / (double)Trades : double.NaN;

    public double Average => Trades > 0 ? Net / Trades : double.NaN;

    public double AverageReturn => Trades > 0 ? _returns / Trades : double.NaN;

    public double AverageBars => Trades > 0 ? _bars / Trades : double.NaN;

    public double ProfitFactor => _losses > 0 ? _wins / _losses : double.NaN;

    public void Add(in Trade trade, double multiplier)
    {
        var net = trade.NetProfit;
        Trades++;
        Net += net;
        _bars += trade.Bars;
        _returns += trade.Return(multiplier);
        if (net > 0)
        {
            Winners++;
            _wins += net;
        }
        else
        {
            _losses -= net;
        }
    }
}
