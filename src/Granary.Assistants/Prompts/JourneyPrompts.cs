using System.ComponentModel;
using ModelContextProtocol.Server;

namespace Granary.Assistants.Prompts;

/// <summary>Prompts for the usual journeys.</summary>
internal sealed class JourneyPrompts
{
    private const string Rules = "Every distinct combination that you run is a trial, and the best of many worthless trials looks good. Decide "
        + "what you expect before you run, run few combinations, and believe the verdict, not the return. Report all that you tried.";

    [McpServerPrompt(Name = "validate_idea", Title = "Validate an idea")]
    [Description("From an idea in words to a backtest with a verdict.")]
    public static string Validate([Description("The idea, such as: hourly bitcoin reverts after a 3 % fall.")] string idea) => $"""
        Test this idea with Granary: {idea}

        {Rules}

        1. Say in one sentence what market behaviour the idea claims, and what result would refute it.
        2. Find bars with list_data, and look at their quality with check_data.
        3. Find a strategy class or factors with list_catalogue; get_batch_schema explains the keys of a batch.
        4. Write a batch with honest costs and at most a handful of parameter values. Check it with validate_batch.
        5. Run it once with run_backtest, wait with follow_job, and read get_results and get_verdict.
        6. Explain each failed check with explain. Look at the trades that decide the result with list_trades.
        7. Answer: does the idea hold, how sure is that, how many trials were used, and what would be worth one more trial.
        """;

    [McpServerPrompt(Name = "improve_strategy", Title = "Improve a strategy without overfitting")]
    [Description("Improves a strategy of a run by reasons, with few trials, and compares it out of sample.")]
    public static string Improve([Description("The id of the run to start from.")] string run) => $"""
        Improve the strategies of run {run} without overfitting.

        {Rules}

        1. Read get_results and get_verdict of {run}. Find losses with list_trades (sort=pnlNet) and list_signals (decision=refused).
        2. Name at most three changes, each with a reason that does not come from the result itself.
        3. Test the changes together in one batch with run_walk_forward, so that parameters are chosen on bars before those that count.
        4. Compare with compare_runs. Keep a change only if the out-of-sample result improves by more than the luck bar allows.
        5. Report the trials used, the verdict before and after, and the changes that you rejected.
        """;

    [McpServerPrompt(Name = "why_did_it_lose", Title = "Why did it lose?")]
    [Description("Finds the causes of a loss in a run.")]
    public static string WhyLoss([Description("The id of the run.")] string run,
        [Description("The id of a strategy; without it, the portfolio.")] string? strategy = null) => $"""
        Explain the losses of {(strategy is null ? $"the portfolio of run {run}" : $"strategy {strategy} in run {run}")}.

        1. Read get_results and get_verdict.
        2. List the worst trades with list_trades (sort=pnlNet{(strategy is null ? ", of=portfolio" : $", strategy={strategy}")}).
        3. For three of them find with why what decided: the bar, the factors, the conditions, the rules of the portfolio.
        4. Separate causes: costs, stops, a market state, refused signals, or a rule that has no edge.
        5. Answer with the causes by their share of the loss. Run nothing new.
        """;

    [McpServerPrompt(Name = "go_to_paper", Title = "Go to paper trading")]
    [Description("The steps that a person takes to trade a run on paper; an assistant takes none of them.")]
    public static string Paper([Description("The id of the run.")] string run) => $"""
        Read get_verdict of run {run}. If it may not be traded, say so with the reasons and stop.

        If it may be traded, tell the person these steps, with the names of this run. You cannot take them: no tool here trades.

        1. Read the report of the run, and judge it on the bars after the holdout, which you do not see.
        2. Add the configuration as a deployment: granary deployments add runs/{run}/prod.json --why "reason".
        3. Start a session on paper: granary live runs/{run}/prod.json --feed ws:EXCHANGE --broker paper --state accounts/paper.
        4. Compare the session with its backtest after some weeks: granary deployments report N.
        """;
}
