namespace Granary.Backtesting.Verification;

/// <summary>A trade of a backtest's portfolio, which a gap compares. Numbers are 0 where a table has none.</summary>
/// <param name="Side">As in the tables of a run: <c>long</c> or <c>short</c>.</param>
/// <param name="EntryTime">As in the tables of a run.</param>
/// <param name="Net">Net profit, with open trades at their last marks.</param>
/// <param name="Model">The name of the strategy's model; empty without one.</param>
public sealed record GapPlannedTrade(string Strategy, string Symbol, string Side, string EntryTime, double Quantity, double Net,
    double Weight, string Model, string ExitTime);

/// <summary>
/// A row of account_gap.csv: a trade of a session's portfolio and the account's trade. A side without it has a quantity of 0.
/// </summary>
/// <param name="ModelQuantity">Quantity of the portfolio's trade; so are all that begin with Model.</param>
/// <param name="Quantity">Quantity of the account's trade.</param>
public sealed record GapLiveTrade(string Strategy, string Symbol, string Side, double Multiplier, double Weight, string Model,
    double ModelQuantity, string ModelEntryTime, double ModelEntry, string ModelExitTime, double ModelExit, double ModelNet,
    double ModelFees, double Quantity, string EntryTime, double Entry, string ExitTime, double Exit, double Net, double Fees, string Why,
    string Cause, string ExitCause, double GrantedShare, string GrantedCause, string Timeframe);

/// <summary>A backtest that a gap compares.</summary>
/// <param name="Trades">The trades of its portfolio, in the order of closing.</param>
/// <param name="Weights">The weight and the name of the model of each strategy.</param>
public sealed record GapBacktest(IReadOnlyList<GapPlannedTrade> Trades,
    IReadOnlyDictionary<string, (double Weight, string Model)> Weights);

/// <summary>A session that a gap compares.</summary>
/// <param name="Trades">The trades of its portfolio and of its account.</param>
/// <param name="Weights">As of <see cref="GapBacktest"/>.</param>
public sealed record GapSession(IEnumerable<GapLiveTrade> Trades, IReadOnlyDictionary<string, (double Weight, string Model)> Weights);
