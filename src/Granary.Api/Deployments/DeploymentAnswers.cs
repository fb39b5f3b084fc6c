using System.Text.Json;
using Granary.Contracts.Deployments;
using Granary.Engine.Trading;
using Granary.Trading.Deployments;
using Granary.Trading.Handover;

namespace Granary.Api.Deployments;

/// <summary>Converts deployments, their reports and switches to answers of the API.</summary>
internal static class DeploymentAnswers
{
    public static DeploymentDetails DetailsOf(DeploymentBook book, Deployment deployment)
    {
        var (disabled, history) = (book.Disabled(deployment.Number), book.History(deployment.Number));
        return new DeploymentDetails(EntryOf(deployment, disabled.Count, history),
            [.. DeploymentMember.Of(deployment).Select(m => new DeploymentStrategy(m.Id, m.Weight, m.Symbols,
                !disabled.ContainsKey(m.Id), disabled.GetValueOrDefault(m.Id)))], history);
    }

    /// <param name="disabled">How many of its strategies may not enter.</param>
    /// <param name="history">The deployment's history.</param>
    public static DeploymentEntry EntryOf(Deployment d, int disabled, IEnumerable<DeploymentEvent> history) =>
        new(d.Number, d.Name, d.Hash, d.AddedAt, d.Who, d.Why, d.FailedChecks,
            new DeploymentBacktest(Path.GetFileName(d.Backtest.Run), d.Backtest.Digest, d.Backtest.Statistics, d.Backtest.Days.Count),
            DeploymentMember.Of(d).Count, disabled,
            history.LastOrDefault(e => e.Action is DeploymentAction.Started or DeploymentAction.Switched)?.Account);

    public static DeploymentComparison ComparisonOf(DeploymentReport r) =>
        new(r.Deployment.Number, r.Account, Path.GetFileName(r.Run), r.Outside.Count, r.Earlier, r.Causes,
        [.. r.Days.Select(d => new DeploymentDay(d.Day, d.Live, double.IsFinite(d.Account) ? d.Account : null,
            d.Promised, d.Difference, d.Causes, d.Return,
            double.IsFinite(d.Low) ? d.Low : null, double.IsFinite(d.High) ? d.High : null, d.IsOutside))]);

    public static SwitchOutcome OutcomeOf(string account, SwitchPlan plan, bool dryRun) =>
        new(account, plan.From.Number, plan.To.Number, PolicyWords.Of(plan.Policy), dryRun, plan.IsDone, plan.NewSymbols,
        [.. plan.Steps.Select(s => new SwitchedTrade(s.Strategy, s.Symbol, s.Side == Side.Buy ? "long" : "short", s.Quantity, s.EntryPrice,
            s.Profit,
            JsonNamingPolicy.KebabCaseLower.ConvertName(s.Handling.ToString()), s.What))]);
}
