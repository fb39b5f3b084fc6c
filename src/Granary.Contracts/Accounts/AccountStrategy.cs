namespace Granary.Contracts.Accounts;

/// <summary>A strategy of a live account.</summary>
/// <param name="Enabled">Whether it may enter.</param>
/// <param name="Weight">Its weight in the portfolio; null if the weights do not name it.</param>
/// <param name="Signals">How many entry signals it gave.</param>
/// <param name="Trades">How many trades it entered.</param>
/// <param name="Change">The last change that enabled or disabled it; null if there was none.</param>
public sealed record AccountStrategy(string Account, string Id, bool Enabled, double? Weight, int Signals, int Trades, int OpenTrades,
    StrategyChange? Change);

/// <summary>A strategy, or the strategies of a symbol, were enabled or disabled.</summary>
/// <param name="Strategy">Its id; empty for all of <paramref name="Symbol"/>.</param>
/// <param name="Symbol">Empty for a strategy.</param>
/// <param name="At">When it was put into the journal, UTC; in force from the next bar on.</param>
public sealed record StrategyChange(string Account, bool Enabled, string Strategy, string Symbol, string Who, string Why,
    DateTimeOffset At);

/// <summary>A page of strategies, by account and id.</summary>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
public sealed record StrategyPage(IReadOnlyList<AccountStrategy> Items, string? Next) : IPage<AccountStrategy>;

/// <summary>A change of the entries of a strategy or symbol.</summary>
/// <param name="Enabled">Whether it may enter.</param>
/// <param name="Why">Kept in the journal beside the key's name.</param>
/// <param name="Account">The account; null = every account that has the strategy.</param>
public sealed record Change(bool? Enabled, string? Why, string? Account);
