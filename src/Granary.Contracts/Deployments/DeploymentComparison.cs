namespace Granary.Contracts.Deployments;

/// <summary>One day of a deployment, live against the backtest.</summary>
/// <param name="Live">The deployment's starting cash plus the profit of its own trades, at the day's end.</param>
/// <param name="Account">
/// Equity of the account at the day's end, as the session shows it: with all its trades at the broker's fills. null where it is unknown.
/// </param>
/// <param name="Promised">Equity of a backtest of the same bars.</param>
/// <param name="Causes">The change of the difference on this day, by cause.</param>
/// <param name="Return">The account's return since the first day; a fraction.</param>
/// <param name="Low">Lower end of the 95 % interval of the return, from the backtest; null if the backtest has too few days.</param>
/// <param name="High">Upper end of that interval; null likewise.</param>
/// <param name="Outside">Whether the return has left the band.</param>
public sealed record DeploymentDay(DateOnly Day, double Live, double? Account, double Promised, double Difference,
    IReadOnlyDictionary<string, double> Causes, double Return, double? Low, double? High, bool Outside);

/// <summary>A session of a deployment beside its backtest.</summary>
/// <param name="Run">The name of the session's run.</param>
/// <param name="Outside">On how many days the return was outside of its band.</param>
/// <param name="Earlier">Net profit of trades that earlier deployments entered; the figures by day do not include it.</param>
/// <param name="Causes">The difference of all days, by cause.</param>
public sealed record DeploymentComparison(int Deployment, string Account, string Run, int Outside, double Earlier,
    IReadOnlyDictionary<string, double> Causes, IReadOnlyList<DeploymentDay> Days);
