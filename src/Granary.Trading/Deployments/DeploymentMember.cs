using Granary.Contracts.Deployments;
using Granary.Simulation.Json;

namespace Granary.Trading.Deployments;

/// <summary>A strategy in the configuration of a deployment.</summary>
internal sealed record DeploymentMember(string Id, double Weight, IReadOnlyList<string> Symbols)
{
    /// <summary>Whether a history entry concerns this strategy.</summary>
    public bool Matches(DeploymentEvent e) => e.Strategy.Length > 0 ? e.Strategy == Id : Symbols.Contains(e.Symbol, StringComparer.Ordinal);

    /// <summary>Returns the strategies of a deployment, in the order of its configuration.</summary>
    public static IReadOnlyList<DeploymentMember> Of(Deployment deployment) =>
    [
        .. JsonPart.Parse($"deployment {deployment.Number}", deployment.Text()).Need("strategies").List().Select(s =>
            new DeploymentMember(s.Need("id").String(), s.Need("weight").Number(),
                [.. (s.Find("symbols") ?? s.Need("symbol")).OneOrMany().Select(symbol => symbol.String())])),
    ];
}
