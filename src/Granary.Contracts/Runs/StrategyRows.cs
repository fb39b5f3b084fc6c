using System.Text.Json.Nodes;

namespace Granary.Contracts.Runs;

/// <summary>Strategies of a run, as results.json has them.</summary>
/// <param name="Total">How many match the filter.</param>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
public sealed record StrategyRows(IReadOnlyList<JsonObject> Items, int Total, string? Next);

/// <summary>Signals of a run, as signals.csv has them; empty cells are left out.</summary>
/// <param name="Total">How many match.</param>
/// <param name="Decisions">Over all that match, by decision.</param>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
public sealed record SignalRows(IReadOnlyList<JsonObject> Items, int Total, IReadOnlyList<DecisionTotal> Decisions, string? Next)
{
    /// <summary>The number of the page's first row in the list, from 0.</summary>
    public int Position { get; init; }
}

/// <summary>The total of the signals with one decision in the strategies' own simulated accounts.</summary>
/// <param name="Trades">Signals that became a trade in these accounts.</param>
/// <param name="Wins">Trades with a net profit.</param>
/// <param name="Profit">Sum of the net profits, quote currency.</param>
public sealed record DecisionTotal(string Decision, int Signals, int Trades, int Wins, double Profit)
{
    /// <summary>Returns the total with one more signal.</summary>
    /// <param name="profit">Net profit of its trade; null if the signal did not become a trade.</param>
    public DecisionTotal With(double? profit) => this with
    {
        Signals = Signals + 1,
        Trades = profit is null ? Trades : Trades + 1,
        Wins = profit > 0 ? Wins + 1 : Wins,
        Profit = Profit + (profit ?? 0),
    };
}

/// <summary>Rows of a run's CSV file; empty cells are left out.</summary>
/// <param name="Total">How many match.</param>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
public sealed record FileRows(IReadOnlyList<JsonObject> Items, int Total, string? Next)
{
    /// <summary>The number of the page's first row in the list, from 0.</summary>
    public int Position { get; init; }
}

/// <summary>The parameter searches of a run with all of their trials, as results.json has them.</summary>
/// <param name="Searches">Of each its strategy, method, objectives, counts of trials, best trials, Sharpe ratio of the best beside the luck
/// bar, space, importance of the parameters, and trials.</param>
public sealed record RunSearches(IReadOnlyList<JsonObject> Searches);
