using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.WalkForward;

/// <summary>What was chosen for one window, and what became of it.</summary>
/// <param name="Strategy">By index; −1 where no combination could be chosen, and nothing was traded.</param>
/// <param name="Objective">In-sample.</param>
/// <param name="InSample">
/// The choice's own account over the stretch in which it was chosen; null where nothing was chosen, or the choice was given.
/// </param>
public sealed record WindowChoice(WalkForwardWindow Window, int Strategy, double Objective, MetricSet? InSample)
{
    /// <summary>The group's account over the window's rows; what closing a position at its end costs belongs to the next window.</summary>
    public MetricSet? OutOfSample { get; init; }

    /// <summary>
    /// Trades that were entered in the window, in the order of closing; those that are open at the end of the record too.
    /// </summary>
    public IReadOnlyList<Trade> Trades { get; init; } = [];

    public double InSampleReturn => InSample?.TotalReturn ?? double.NaN;

    public double OutOfSampleReturn => OutOfSample?.TotalReturn ?? 0;
}

/// <summary>All choices among the same strategies, window after window, on one account.</summary>
/// <param name="Name">As SmaCross@ACME:1h.</param>
/// <param name="Members">The combinations, by strategy index.</param>
/// <param name="Statistics">Of the group's own account, from the first window's first row to the last window's last.</param>
/// <param name="Trades">Of that account, in the order of closing; what is open at the end comes last.</param>
/// <param name="Fingerprints">Of the runs that traded on it, one after the other.</param>
public sealed record ChoiceGroup(
    string Name, IReadOnlyList<StrategyInstance> Members, IReadOnlyList<WindowChoice> Choices, MetricSet Statistics,
    IReadOnlyList<StitchedTrade> Trades, IReadOnlyList<UInt128> Fingerprints)
{
    /// <summary>All that its members trade; its trades' symbols are numbered in this order.</summary>
    public IReadOnlyList<string> Symbols { get; } = SymbolsOf(Members);

    /// <summary>The account's equity at the ends of the batch's periods; null where it has no row.</summary>
    public EquityTrace? Trace { get; init; }

    private static List<string> SymbolsOf(IReadOnlyList<StrategyInstance> members) =>
        [.. members.SelectMany(m => m.Symbols).Distinct(StringComparer.Ordinal)];

    /// <summary>A trade of a member with its symbol numbered as the group's.</summary>
    internal static Trade Numbered(IReadOnlyList<StrategyInstance> members, StrategyInstance strategy, in Trade trade) =>
        trade with { SymbolIndex = SymbolsOf(members).IndexOf(strategy.Symbols[trade.SymbolIndex]) };

    /// <summary>Share of the windows after the first whose choice is that of the window before; NaN for a single window.</summary>
    public double Stability => Choices.Count < 2 ? double.NaN
        : Choices.Skip(1).Where((c, i) => c.Strategy == Choices[i].Strategy).Count() / (double)(Choices.Count - 1);
}

/// <summary>A trade of a group's account.</summary>
/// <param name="Strategy">Whose it is, by index.</param>
public readonly record struct StitchedTrade(int Strategy, Trade Trade);

/// <summary>The models of one window, trained inside its in-sample stretch.</summary>
/// <param name="WindowFilters">By strategy: who is asked at its entries in the window's out-of-sample stretch.</param>
/// <param name="Missing">Models that could not be made, and why; their strategies went on without.</param>
public sealed record WindowModels(IReadOnlyDictionary<int, IEntryModel> WindowFilters, IReadOnlyList<(string Model, string Why)> Missing)
{
    public static WindowModels None { get; } = new(new Dictionary<int, IEntryModel>(), []);
}

/// <summary>A walk-forward optimisation that has run.</summary>
/// <param name="Rows">Of the one account in which all groups have equal parts, under the portfolio's limits.</param>
/// <param name="Statistics">Of that account.</param>
/// <param name="Efficiency">
/// Yearly return out of sample over that in sample, both of the choices, as a mean over windows; NaN where the latter is not above zero.
/// </param>
public sealed record WalkForwardOutcome(
    WalkForwardSpec Spec, IReadOnlyList<WalkForwardWindow> Windows, IReadOnlyList<ChoiceGroup> Groups, IReadOnlyList<EquityRow> Rows,
    MetricSet Statistics, double Efficiency)
{
    /// <summary>By window.</summary>
    public required IReadOnlyList<WindowModels> Models { get; init; }

    /// <summary>The account's trades in the order of closing; members are numbers of groups, symbols are numbered as the group's.</summary>
    public required IReadOnlyList<PortfolioTrade> Trades { get; init; }

    /// <summary>Each change of a position of the account, with its symbol; members are numbers of groups.</summary>
    public required IReadOnlyList<(string Symbol, PortfolioFill Fill)> Fills { get; init; }

    /// <summary>What the account decided on the signals of the choices, its fingerprint, and what its reader must know.</summary>
    public required PortfolioOutcome Portfolio { get; init; }

    /// <summary>By group: the runs of its choices, one after the other. None of an outcome that is traded again.</summary>
    internal IReadOnlyList<IReadOnlyList<AccountRun>> Runs { get; init; } = [];

    /// <summary>The weights of the groups that policies have learned; null = equal parts.</summary>
    internal GroupWeights? Weights { get; init; }
}
