using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;

namespace Granary.Trading.Live;

/// <summary>
/// The broker's account as the rules of the portfolio see it. The venue nets the trades of a symbol, so its position has one side. Orders
/// that are not filled reserve nothing: the account shows what it holds.
/// </summary>
internal sealed class AccountView : IPortfolioView
{
    private readonly IPortfolioView _portfolio;
    private readonly Dictionary<string, double> _values, _ofStrategy;
    private readonly Dictionary<string, int> _tradesIn;

    /// <param name="portfolio">The portfolio of the session, whose strategies and instruments the rules name by index.</param>
    /// <param name="valueOf">The value of a quantity of a symbol at its last close.</param>
    /// <param name="change">An order that is counted as filled; null for none.</param>
    public AccountView(AccountLedger ledger, IPortfolioView portfolio, Func<string, double, double> valueOf, AccountChange? change = null)
    {
        _portfolio = portfolio;
        _values = ledger.Positions.ToDictionary(p => p.Key, p => valueOf(p.Key, p.Value), StringComparer.Ordinal);
        if (change is not null)
            _values[change.Symbol] = valueOf(change.Symbol, ledger.PositionOf(change.Symbol) + change.Quantity);
        (LongValue, ShortValue) = (_values.Values.Where(v => v > 0).Sum(), -_values.Values.Where(v => v < 0).Sum());
        OpenTrades = ledger.ActiveTrades.Count + (change?.Trades ?? 0);
        _ofStrategy = ledger.ActiveTrades.GroupBy(t => t.Strategy, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Sum(t => Math.Abs(valueOf(t.Symbol, t.Open))), StringComparer.Ordinal);
        _tradesIn = ledger.ActiveTrades.CountBy(t => t.Symbol, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        if (change is not null) _tradesIn[change.Symbol] = _tradesIn.GetValueOrDefault(change.Symbol) + change.Trades;
    }

    public required double Equity { get; init; }

    public required double DayStart { get; init; }

    public required double Drawdown { get; init; }

    public required double Turnover { get; init; }

    public int OpenTrades { get; }

    public double LongValue { get; }

    public double ShortValue { get; }

    public double GrossValue => LongValue + ShortValue;

    public double NetValue => LongValue - ShortValue;

    public int ReservedTrades => 0;

    public double ReservedValue => 0;

    public double ReservedLongs => 0;

    public double ReservedShorts => 0;

    public double ValueIn(int market) => Math.Abs(_values.GetValueOrDefault(InstrumentOf(market).Symbol));

    public double ValueOf(int member) => _ofStrategy.GetValueOrDefault(IdOf(member));

    public double ReservedIn(int market) => 0;

    public double ReservedOf(int member) => 0;

    public bool IsReserved(int member, int number) => false;

    public int TradesIn(int market) => _tradesIn.GetValueOrDefault(InstrumentOf(market).Symbol);

    public int HolderOf(int market) => _portfolio.HolderOf(market);

    public Instrument InstrumentOf(int market) => _portfolio.InstrumentOf(market);

    public string IdOf(int member) => _portfolio.IdOf(member);
}
