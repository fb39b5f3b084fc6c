using System.Text.Json.Serialization;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Contracts.Sessions;

/// <summary>An open trade of a live account.</summary>
/// <param name="Entry">Client id of its entry; the command <c>close</c> names the trade by it.</param>
/// <param name="Quantity">The quantity that is still open, base units, positive.</param>
/// <param name="EntryPrice">Volume-weighted average price of the entry's fills.</param>
/// <param name="EnteredAt">Venue time of the first fill, UTC.</param>
/// <param name="Last">The symbol's last close; null before its first bar.</param>
/// <param name="Profit">Unrealised profit at the last close, before fees, account currency; null before the symbol's first bar.</param>
public sealed record AccountTradeRow(string Entry, string Strategy, int Number, string Symbol, Side Side, double Quantity,
    double EntryPrice, DateTime EnteredAt, double? Last, double? Profit)
{
    /// <summary>
    /// Value of the open quantity at the last close, account currency, negative for a short trade; null before the symbol's first bar.
    /// </summary>
    public double? Value { get; init; }

    /// <summary>The stop or trailing stop that works now, whichever the market reaches first; null without one.</summary>
    public double? Stop { get; init; }

    /// <summary>Whether the stop follows the price.</summary>
    public bool Trails { get; init; }

    /// <summary>The next target; null without one.</summary>
    public double? Target { get; init; }

    /// <summary>Loss from the last close to its stop, before costs, account currency; null without a stop.</summary>
    public double? Risk { get; init; }

    /// <summary>Whether an operator entered it, so that no strategy manages it.</summary>
    public bool ByHand { get; init; }
}

/// <summary>An order of a live account that is open at the venue, or whose state is unknown.</summary>
/// <param name="Price">The limit price or stop price; null for other order types.</param>
/// <param name="State">The state that the venue reported last; <c>unknown</c> if it has not answered.</param>
/// <param name="CreatedAt">Market time, UTC.</param>
public sealed record AccountOrderRow(string ClientId, string Strategy, string Symbol, Side Side, OrderType Type, double Quantity,
    double Filled, double? Price, string State, DateTime CreatedAt);

/// <summary>A limit of the portfolio, and how much of it the account's positions use at the last closes.</summary>
/// <param name="Limit">Its key in <c>portfolio.limits</c>.</param>
/// <param name="Used">In the unit, as <paramref name="Allowed"/>.</param>
/// <param name="About">The symbol, strategy or group that uses most of the limit; null if it applies to the whole account.</param>
/// <param name="Title">What is limited, for tables, such as <c>All positions</c>.</param>
/// <param name="Unit">Unit of the figures; percentages of values are of the account's equity.</param>
/// <param name="Refusal">The decision on an entry that it refuses, as in the account's signals and the session's log.</param>
/// <param name="Reason">The reason of such a refusal, one sentence.</param>
public sealed record LimitUse(string Limit, double Used, double Allowed, string? About, string Title, RuleUnit Unit, string Refusal,
    string Reason);

/// <summary>The change of the account's equity in a UTC day, or in a week from Monday on.</summary>
/// <param name="Equity">Equity at the end of the day or week.</param>
public sealed record PeriodProfit(DateOnly From, double Profit, double Equity);

/// <summary>The account's equity by bar. Where the session has more bars than points, lows and highs are kept.</summary>
/// <param name="Times">Opens of the bars, UTC.</param>
/// <param name="Drawdown">Loss since the highest equity before, a fraction of it.</param>
/// <param name="Days">The day of each point, counted from 1; a day without bars is not counted.</param>
public sealed record AccountCurve(IReadOnlyList<DateTime> Times, IReadOnlyList<double> Equity, IReadOnlyList<double> Drawdown,
    IReadOnlyList<int> Days)
{
    /// <summary>Maximum number of points.</summary>
    public const int MostPoints = 240;
}

/// <summary>A balance of an account in another currency than its own.</summary>
/// <param name="Currency">The currency of the instruments that paid it, such as <c>JPY</c>.</param>
/// <param name="Amount">In that currency; negative if purchases have borrowed it.</param>
/// <param name="Rate">The value of one unit in the account's currency.</param>
public sealed record AccountBalance(string Currency, double Amount, double Rate);

/// <summary>The digits after the point of an instrument.</summary>
/// <param name="Price">Those of its tick, without one the most of its data; null if neither is known.</param>
/// <param name="Quantity">Those of its lot; null if it has none.</param>
/// <param name="Last">The last close; null before the first bar.</param>
public sealed record SymbolDigits(int? Price, int? Quantity, double? Last);

/// <summary>Trades, orders, limits and profit of a live account, at the last closes.</summary>
public sealed record AccountDetails
{
    /// <summary>The currency of the account, in which all its amounts are; null if its configuration does not name it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Currency { get; init; }

    /// <summary>The balances in other currencies, which its cash adds up at their rates; empty if there are none.</summary>
    public IReadOnlyList<AccountBalance> Balances { get; init; } = [];

    public double StartingCash { get; init; }

    /// <summary>In the order of their entries.</summary>
    public IReadOnlyList<AccountTradeRow> Trades { get; init; } = [];

    /// <summary>In the order of their intents.</summary>
    public IReadOnlyList<AccountOrderRow> Orders { get; init; } = [];

    /// <summary>Sum of the absolute values of all positions, percent of the equity.</summary>
    public double GrossPercent { get; init; }

    /// <summary>Since the first bar that the account traded.</summary>
    public AccountCurve Curve { get; init; } = new([], [], [], []);

    /// <summary>Those of the configuration that have figures, in the order in which the portfolio asks them.</summary>
    public IReadOnlyList<LimitUse> Limits { get; init; } = [];

    /// <summary>The newest 35, oldest first.</summary>
    public IReadOnlyList<PeriodProfit> Days { get; init; } = [];

    /// <summary>The newest 14, oldest first.</summary>
    public IReadOnlyList<PeriodProfit> Weeks { get; init; } = [];

    /// <summary>When the last bar reached the session, UTC; null before the first.</summary>
    public DateTimeOffset? LastBarAt { get; init; }

    /// <summary>Seconds from the last bar's close until it reached the session; null for a replay of old bars.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? FeedLag { get; init; }

    /// <summary>The journal, as messages name it.</summary>
    public string Journal { get; init; } = "";

    /// <summary>Symbols whose feed has prices that are adjusted for splits and dividends; those of all others are raw.</summary>
    public IReadOnlyList<string> Adjusted { get; init; } = [];

    /// <summary>The digits of the symbols that the account holds or has ordered, and of those that it can enter.</summary>
    public IReadOnlyDictionary<string, SymbolDigits> Digits { get; init; } = new Dictionary<string, SymbolDigits>();

    /// <summary>Symbols in which entries are blocked until <c>resume</c>, since the account's books and the venue differ.</summary>
    public IReadOnlyList<string> Blocked { get; init; } = [];
}
