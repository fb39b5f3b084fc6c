namespace Granary.Backtesting.Verification;

/// <summary>A session that is compared with a backtest.</summary>
/// <param name="Trades">The trades of its portfolio and of its account.</param>
/// <param name="Weights">As of <see cref="ComparedBacktest"/>.</param>
internal sealed record ComparedSession(IEnumerable<SessionTrade> Trades,
    IReadOnlyDictionary<string, (double Weight, string Model)> Weights);

/// <summary>A backtest that is compared with a session.</summary>
/// <param name="Trades">The trades of its portfolio, in the order of closing.</param>
/// <param name="Weights">The weight and the name of the model of each strategy.</param>
internal sealed record ComparedBacktest(IReadOnlyList<ComparedTrade> Trades,
    IReadOnlyDictionary<string, (double Weight, string Model)> Weights);
