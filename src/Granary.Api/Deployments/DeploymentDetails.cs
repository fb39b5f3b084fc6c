using Granary.Application.Deployments;

namespace Granary.Api.Deployments;

/// <summary>A deployment in a list.</summary>
/// <param name="Hash">SHA-256 of the configuration.</param>
/// <param name="AddedAt">UTC.</param>
/// <param name="FailedChecks">Why its validation checks do not suffice; empty where they do.</param>
/// <param name="Strategies">How many it has.</param>
/// <param name="Disabled">How many of them may not enter.</param>
/// <param name="LastAccount">The account that traded it last; null where none did.</param>
public sealed record DeploymentEntry(int Number, string Name, string Hash, DateTimeOffset AddedAt, string Who, string Why,
    IReadOnlyList<string> FailedChecks, DeploymentBacktest Backtest, int Strategies, int Disabled, string? LastAccount);

/// <summary>The backtest that justified a deployment.</summary>
/// <param name="Run">The name of its folder.</param>
/// <param name="Statistics">Of the portfolio, by the names of results.json.</param>
/// <param name="Days">How many days of equity it has.</param>
public sealed record DeploymentBacktest(string Run, string Digest, IReadOnlyDictionary<string, double> Statistics, int Days);

/// <summary>A page of deployments, the newest first.</summary>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
public sealed record DeploymentPage(IReadOnlyList<DeploymentEntry> Items, string? Next);

/// <summary>A strategy of a deployment.</summary>
/// <param name="Enabled">Whether it may enter.</param>
/// <param name="Change">The entry of the history that disabled it; null where it is enabled.</param>
public sealed record DeploymentStrategy(string Id, double Weight, IReadOnlyList<string> Symbols, bool Enabled, DeploymentEvent? Change);

/// <summary>A deployment with its strategies and its history.</summary>
/// <param name="History">Oldest first.</param>
public sealed record DeploymentDetails(DeploymentEntry Deployment, IReadOnlyList<DeploymentStrategy> Strategies,
    IReadOnlyList<DeploymentEvent> History)
{
    internal static DeploymentDetails Of(DeploymentBook book, Deployment deployment)
    {
        var (disabled, history) = (book.Disabled(deployment.Number), book.History(deployment.Number));
        return new DeploymentDetails(EntryOf(deployment, disabled.Count, history),
            [.. DeploymentMember.Of(deployment).Select(m => new DeploymentStrategy(m.Id, m.Weight, m.Symbols,
                !disabled.ContainsKey(m.Id), disabled.GetValueOrDefault(m.Id)))], history);
    }

    /// <param name="disabled">How many of its strategies may not enter.</param>
    /// <param name="history">Of the deployment.</param>
    internal static DeploymentEntry EntryOf(Deployment d, int disabled, IEnumerable<DeploymentEvent> history) =>
        new(d.Number, d.Name, d.Hash, d.AddedAt, d.Who, d.Why, d.FailedChecks,
            new DeploymentBacktest(Path.GetFileName(d.Backtest.Run), d.Backtest.Digest, d.Backtest.Statistics, d.Backtest.Days.Count),
            DeploymentMember.Of(d).Count, disabled,
            history.LastOrDefault(e => e.Action is DeploymentAction.Started or DeploymentAction.Switched)?.Account);
}
