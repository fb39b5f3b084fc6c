using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.WalkForward;

/// <summary>The selection for one window, with its results.</summary>
/// <param name="Strategy">The strategy's index; −1 if no combination could be selected, so nothing was traded.</param>
/// <param name="Objective">The objective in sample.</param>
/// <param name="InSample">
/// The selected strategy's own account over the in-sample range; null without a selection, or if the selection was given.
/// </param>
internal sealed record WindowChoice(WalkForwardWindow Window, int Strategy, double Objective, MetricSet? InSample)
{
    /// <summary>Number of combinations that were tried in the window.</summary>
    public int Tried { get; init; }

    /// <summary>The group's account over the window's rows; the costs of closing a position at its end belong to the next window.</summary>
    public MetricSet? OutOfSample { get; init; }

    /// <summary>
    /// Trades entered in the window, in the order of closing, including those that are open at the end of the record.
    /// </summary>
    public IReadOnlyList<Trade> Trades { get; init; } = [];

    public double InSampleReturn => InSample?.TotalReturn ?? double.NaN;

    public double OutOfSampleReturn => OutOfSample?.TotalReturn ?? 0;
}

/// <summary>All selections from the same strategies, window by window, on one account.</summary>
/// <param name="Name">The name, such as SmaCross@ACME:1h.</param>
/// <param name="Members">The combinations, by strategy index.</param>
/// <param name="Statistics">Statistics of the group's own account, from the first window's first row to the last window's last row.</param>
/// <param name="Trades">Trades of that account in the order of closing; open ones come last.</param>
/// <param name="Digests">Digests of the consecutive runs on it.</param>
internal sealed record ChoiceGroup(
    string Name, IReadOnlyList<StrategyInstance> Members, IReadOnlyList<WindowChoice> Choices, MetricSet Statistics,
    IReadOnlyList<StitchedTrade> Trades, IReadOnlyList<UInt128> Digests)
{
    /// <summary>All symbols of its members, in the order that numbers its trades' symbols.</summary>
    public IReadOnlyList<string> Symbols { get; } = SymbolsOf(Members);

    /// <summary>The account's equity at the ends of the batch's periods; null without rows.</summary>
    public EquityTrace? Trace { get; init; }

    private static List<string> SymbolsOf(IReadOnlyList<StrategyInstance> members) =>
        [.. members.SelectMany(m => m.Symbols).Distinct(StringComparer.Ordinal)];

    /// <summary>Renumbers the symbol of a member's trade to the group's numbers.</summary>
    internal static Trade Numbered(IReadOnlyList<StrategyInstance> members, StrategyInstance strategy, in Trade trade) =>
        trade with { SymbolIndex = Numbered(members, strategy, trade.SymbolIndex) };

    /// <summary>Returns the group's number of a member's symbol.</summary>
    internal static int Numbered(IReadOnlyList<StrategyInstance> members, StrategyInstance strategy, int symbol) =>
        SymbolsOf(members).IndexOf(strategy.Symbols[symbol]);

    /// <summary>
    /// Share of the windows with a selection, after the first window, that selected the same as the previous one; NaN if there is none.
    /// </summary>
    public double Stability
    {
        get
        {
            var (made, same) = (0, 0);
            for (var i = 1; i < Choices.Count; i++)
            {
                if (Choices[i].Strategy < 0) continue;
                made++;
                if (Choices[i].Strategy == Choices[i - 1].Strategy) same++;
            }
            return made == 0 ? double.NaN : same / (double)made;
        }
    }
}

/// <summary>A trade of a group's account.</summary>
/// <param name="Strategy">The index of its strategy.</param>
internal readonly record struct StitchedTrade(int Strategy, Trade Trade);

/// <summary>The models of one window, trained inside its in-sample range.</summary>
/// <param name="WindowFilters">By strategy: the filter of its entries in the window's out-of-sample range.</param>
/// <param name="Missing">Models that could not be created, with the reason; their strategies continued without a model.</param>
internal sealed record WindowModels(IReadOnlyDictionary<int, IEntryModel> WindowFilters, IReadOnlyList<(string Model, string Why)> Missing);

/// <summary>The outcome of a walk-forward optimisation.</summary>
/// <param name="Rows">Rows of the common account in which all groups have equal weights, under the portfolio's limits.</param>
/// <param name="Statistics">Statistics of that account.</param>
/// <param name="Efficiency">
/// Annual return of the selections out of sample divided by that in sample, as a mean over windows; NaN if the latter is not positive.
/// </param>
internal sealed record WalkForwardOutcome(
    WalkForwardSpec Spec, IReadOnlyList<WalkForwardWindow> Windows, IReadOnlyList<ChoiceGroup> Groups, IReadOnlyList<EquityRow> Rows,
    MetricSet Statistics, double Efficiency)
{
    /// <summary>The plan with each combination that a search tried in any window.</summary>
    public required BatchPlan Plan { get; init; }

    /// <summary>The models by window.</summary>
    public required IReadOnlyList<WindowModels> Models { get; init; }

    /// <summary>The account's trades in the order of closing; members are indices of groups, symbols are numbered as in the
    /// group.</summary>
    public required IReadOnlyList<PortfolioTrade> Trades { get; init; }

    /// <summary>Each change of a position of the account with its symbol; members are indices of groups.</summary>
    public required IReadOnlyList<(string Symbol, PortfolioFill Fill)> Fills { get; init; }

    /// <summary>The account's decisions on the signals of the selections, its digest, and notes for the reader.</summary>
    public required PortfolioOutcome Portfolio { get; init; }

    /// <summary>By group: the consecutive runs of its selections. Empty for an outcome that is traded again.</summary>
    internal IReadOnlyList<IReadOnlyList<AccountRun>> Runs { get; init; } = [];

    /// <summary>Why the account never held a position; null if it did.</summary>
    public IdlePortfolio? Idle => WalkForwardNotes.IdleOf(this);

    /// <summary>The weights of the groups that policies have learned or a rule has chosen over time; null = equal weights.</summary>
    internal GroupWeights? Weights { get; init; }
}
